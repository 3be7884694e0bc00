import type { Attempt } from '../attempt.ts';

/** The system that all share: its files, settings, clock, devices; and rights that were not given. */
export const SYSTEM: readonly Attempt[] = [
  {
    id: 'write-usr',
    says: 'Put a program among the host’s.',
    walls: ['read-only system', 'host user', 'user namespace'],
    proof: 'effect',
    program: `
tries(*[lambda path=path: put(path) for path in ('/usr/dojou', '/usr/bin/dojou', '/usr/lib/dojou', '/lib/dojou')])
`,
  },
  {
    id: 'write-usr-local',
    says: 'Replace what the server has put into /usr/local, such as the aws command.',
    walls: ['read-only system'],
    proof: 'effect',
    program: `tries(lambda: put('/usr/local/bin/aws'), lambda: put('/usr/local/x'), lambda: os.chmod('/usr/local', 0o777) or won('chmod'))`,
  },
  {
    id: 'write-etc',
    says: 'Add a user to /etc/passwd.',
    walls: ['read-only system'],
    proof: 'effect',
    program: `put('/etc/passwd', 'root::0:0::/:/bin/sh')`,
  },
  {
    id: 'preload-a-library',
    says: 'Have every program load a library of ours, by /etc/ld.so.preload.',
    walls: ['read-only system'],
    proof: 'effect',
    program: `put('/etc/ld.so.preload', '/tmp/x.so')`,
  },
  {
    id: 'plant-a-timer',
    says: 'Leave a job to cron, at or systemd.',
    walls: ['mount namespace', 'read-only system', 'host user'],
    proof: 'effect',
    program: `
places = ('/etc/cron.d/x', '/var/spool/cron/crontabs/root', '/var/spool/cron/atjobs/x', '/etc/systemd/system/x.timer', '/run/systemd/system/x.service')
tries(*[lambda path=path: put(path) for path in places])
`,
  },
  {
    id: 'write-sys',
    says: 'Change a setting of a device below /sys.',
    walls: ['mount namespace', 'host user', 'user namespace'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `
path = '/sys/class/net/lo/mtu'
put(path, open(path).read().strip())
`,
  },
  {
    id: 'core-pattern',
    says: 'Have the kernel run a program of ours when another one crashes (core_pattern).',
    walls: ['read-only system', 'host user', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    program: `
path = '/proc/sys/kernel/core_pattern'
put(path, open(path).read().strip())
`,
  },
  {
    id: 'kernel-settings',
    says: 'Change settings of the kernel below /proc/sys.',
    walls: ['read-only system', 'host user', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    program: `
for path in ('/proc/sys/kernel/modprobe', '/proc/sys/vm/overcommit_memory', '/proc/sys/fs/file-max', '/proc/sys/kernel/panic'):
    tries(lambda: put(path, open(path).read().strip()))
`,
  },
  {
    id: 'allow-namespaces-again',
    says: 'Raise the number of user namespaces, which is how they are refused.',
    walls: ['read-only system'],
    proof: 'effect',
    program: `
tries(lambda: call('unshare', CLONE_NEWUSER))
put('/proc/sys/user/max_user_namespaces', '100')
`,
  },
  {
    id: 'rename-the-machine',
    says: 'Change the machine’s name.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
call('sethostname', b'taken', 5)
if socket.gethostname() == 'taken':
    won('renamed')
`,
  },
  {
    id: 'set-the-clock',
    says: 'Set the host’s clock.',
    walls: ['system call filter', 'no capabilities', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    program: `
call('clock_settime', 0, ctypes.create_string_buffer(struct.pack('=qq', *divmod(time.time_ns(), 10**9))))
won('set')
`,
  },
  {
    id: 'make-a-disk',
    says: 'Make nodes of the host’s disks and open them.',
    walls: ['no capabilities', 'user namespace', 'no devices, no setuid'],
    proof: 'effect',
    needs: ['root'],
    program: `
def disk(place, device):
    os.mknod(place, 0o60600, device)
    os.close(os.open(place, os.O_RDONLY | os.O_NONBLOCK))
    won(f'{os.major(device)}:{os.minor(device)} opened')
for name, device in (('root', FACTS['disk']), ('loop', os.makedev(7, 0))):
    tries(*[lambda folder=folder: disk(f'{folder}/{name}', device) for folder in ('/tmp', '/home/learner', '/dev/shm')])
`,
  },
  {
    id: 'make-a-device',
    says: 'Make a node of a character device (the kernel’s log) and read it.',
    walls: ['no capabilities', 'user namespace', 'no devices, no setuid'],
    proof: 'effect',
    needs: ['root'],
    program: `
os.mknod('/tmp/kmsg', 0o20600, os.makedev(1, 11))
won(read('/tmp/kmsg', 8192))
`,
  },
  {
    id: 'become-root',
    says: 'Become root by setuid, and read what only root may.',
    walls: ['host user', 'user namespace', 'mount namespace'],
    proof: 'secret',
    program: `
tries(lambda: os.setgroups([0]), lambda: os.setresgid(0, 0, 0), lambda: os.setresuid(0, 0, 0), lambda: os.setuid(0))
read_all(path for path in FACTS['files'] if 'open' not in path and not path.startswith('/usr'))
`,
  },
  {
    id: 'setuid-programs',
    says: 'Start the host’s setuid programs and see whether one runs as root.',
    walls: ['no new privileges', 'no devices, no setuid', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    controlUser: 1000,
    program: `
def start(path):
    master, slave = pty.openpty()
    process = subprocess.Popen([path], stdin=slave, stdout=slave, stderr=slave)
    for _ in range(100):
        status = open(f'/proc/{process.pid}/status').read()
        ids = status.split('Uid:')[1].split()[:4]
        if len(set(ids)) > 1 or '\\nState:\\tZ' in status:
            break
        time.sleep(0.005)
    process.kill()
    process.wait()
    if len(set(ids)) > 1:
        won(f'{path} runs as {ids}')
for name in ('su', 'passwd', 'newgrp', 'chsh', 'mount', 'gpasswd', 'newuidmap', 'sudo', 'pkexec', 'fusermount3'):
    path = '/usr/bin/' + name
    if os.path.exists(path) and os.stat(path).st_mode & stat.S_ISUID:
        tries(lambda: start(path))
`,
  },
  {
    id: 'give-capabilities',
    says: 'Give a program file capabilities, for whoever starts it.',
    walls: ['no capabilities'],
    proof: 'effect',
    program: `
put_there = open('/home/learner/capable', 'w').close()
os.setxattr('/home/learner/capable', 'security.capability', struct.pack('<IIIII', 0x02000001, 0xffffffff, 0, 0xffffffff, 0))
won('given')
`,
  },
  {
    id: 'raise-priority',
    says: 'Take a priority above everybody else’s.',
    walls: ['no capabilities', 'user namespace', 'host user'],
    proof: 'effect',
    needs: ['root'],
    program: `
os.setpriority(os.PRIO_PROCESS, 0, -10)
won('raised')
`,
  },
  {
    id: 'real-time',
    says: 'Run in real time, so that nobody else gets the processor.',
    walls: ['no capabilities', 'user namespace', 'host user'],
    proof: 'effect',
    needs: ['root'],
    program: `
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
won('real time')
`,
  },
  {
    id: 'write-core',
    says: 'Crash, and have the kernel write the memory into a file.',
    walls: ['no core dumps'],
    proof: 'effect',
    program: `
if FACTS['side'] == 'control' and open('/proc/sys/kernel/core_pattern').read().strip() != 'core':
    lacking('the host sends cores elsewhere')
os.chdir('/home/learner')
def crash():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    os.abort()
child(crash)
for path in glob.glob('/home/learner/core*'):
    won(path)
`,
  },
];
