import type { Attempt } from '../attempt.ts';

/** Secrets of the host and of the server: in files, environments, memory and descriptors. */
export const READING: readonly Attempt[] = [
  {
    id: 'read-open-files',
    says: 'Read a file of the host that every user of the host may read.',
    walls: ['mount namespace'],
    proof: 'secret',
    program: `read_all(path for path in FACTS['files'] if 'open' in path)`,
  },
  {
    id: 'read-locked-files',
    says: 'Read files that belong to the server alone: in its home, its data folder, its clone.',
    walls: ['mount namespace', 'host user'],
    proof: 'secret',
    program: `read_all(path for path in FACTS['files'] if 'open' not in path and not path.startswith('/usr'))`,
  },
  {
    id: 'read-root-file-in-usr',
    says: 'Read a file of root’s below /usr, which is bound into the sandbox.',
    walls: ['host user', 'user namespace'],
    proof: 'secret',
    needs: ['root'],
    program: `read_all(glob.glob('/usr/dojou-escape-*'))`,
  },
  {
    id: 'read-shadow',
    says: 'Read the hashed passwords of the host.',
    walls: ['mount namespace', 'host user'],
    proof: 'effect',
    program: `tries(*[lambda path=path: won(read(path)) for path in ('/etc/shadow', '/etc/gshadow', '/etc/shadow-')])`,
  },
  {
    id: 'search-everywhere',
    says: 'Walk all folders but the system’s and look into every file.',
    walls: ['mount namespace'],
    proof: 'secret',
    program: `
for folder, folders, names in os.walk('/'):
    if folder == '/':
        folders[:] = [name for name in folders if name not in ('proc', 'sys', 'dev', 'usr', 'lib', 'lib64', 'bin', 'sbin')]
    for name in names:
        path = os.path.join(folder, name)
        if stat.S_ISREG(os.lstat(path).st_mode):
            tries(lambda: won(read(path)))
`,
  },
  {
    id: 'read-through-proc-root',
    says: 'Read the server’s files through /proc/<pid>/root and cwd of its processes.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'secret',
    program: `
for pid in {FACTS['victim']['pid'], FACTS['pid'], FACTS['parent']} - {1}:
    read_all(f'/proc/{pid}/{door}{path}' for door in ('root', 'cwd/../../..') for path in FACTS['files'])
`,
  },
  {
    id: 'read-environment-of-others',
    says: 'Read the environment of the server’s processes for its keys.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'secret',
    program: `read_all(f'/proc/{pid}/environ' for pid in {FACTS['victim']['pid'], FACTS['pid'], FACTS['parent']} - {1})`,
  },
  {
    id: 'read-own-environment',
    says: 'Find the server’s keys in the own environment.',
    walls: ['empty environment'],
    proof: 'secret',
    program: `won(json.dumps(dict(os.environ)) + open('/proc/self/environ').read())`,
  },
  {
    id: 'read-inherited-descriptors',
    says: 'Use a descriptor that the server has forgotten to close.',
    walls: ['closed descriptors'],
    proof: 'secret',
    program: `
def look(fd):
    if stat.S_ISREG(os.fstat(fd).st_mode):
        won(os.pread(fd, 4096, 0))
tries(*[lambda fd=fd: look(fd) for fd in range(3, 1024)])
# Not its own output: what it has just said would come out of that again.
own = ('/proc/self/fd/1', '/proc/self/fd/2')
read_all([*set(glob.glob('/proc/self/fd/*')).difference(own), '/proc/1/fd/0', '/proc/1/fd/5', '/proc/1/fd/6'])
`,
  },
  {
    id: 'read-memory-by-proc',
    says: 'Read the server’s memory through /proc/<pid>/mem.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'secret',
    program: `
with open(f"/proc/{FACTS['victim']['pid']}/mem", 'rb', buffering=0) as memory:
    memory.seek(FACTS['victim']['address'])
    won(memory.read(64))
`,
  },
  {
    id: 'read-descriptor-by-proc',
    says: 'Open a nameless file of the server’s through /proc/<pid>/fd.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'secret',
    program: `read_all([f"/proc/{FACTS['victim']['pid']}/fd/{FACTS['victim']['fd']}"])`,
  },
  {
    id: 'open-by-handle',
    says: 'Open a file by its handle, past all folders (the “shocker” way out of containers).',
    walls: ['system call filter', 'no capabilities', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    program: `
handle = ctypes.create_string_buffer(struct.pack('=Ii', 128, 0) + bytes(128))
mount = ctypes.c_int()
call('name_to_handle_at', -100, b'/tmp', handle, ctypes.byref(mount), 0)
folder = os.open('/tmp', os.O_RDONLY)
won('opened by handle: ' + str(call('open_by_handle_at', folder, handle, os.O_RDONLY)))
`,
  },
  {
    id: 'kernel-log-by-call',
    says: 'Read the kernel’s log by syslog(2).',
    walls: ['system call filter', 'no capabilities', 'user namespace'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `
buffer = ctypes.create_string_buffer(4096)
won(f"{call('syslog', 3, buffer, 4096)} bytes of the kernel's log")
`,
  },
  {
    id: 'kernel-log-by-device',
    says: 'Read the kernel’s log from /dev/kmsg.',
    walls: ['mount namespace', 'host user', 'user namespace'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `won(read('/dev/kmsg', 8192))`,
  },
  {
    id: 'host-devices',
    says: 'Open device nodes of the host: disks, loop, fuse, tun, kvm.',
    walls: ['mount namespace', 'host user'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `
def opens(path):
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    won(path + ' opened')
names = ('loop-control', 'loop0', 'fuse', 'net/tun', 'kvm', 'vda', 'sda', 'nvme0n1', 'mem', 'mapper/control', 'uinput')
tries(*[lambda name=name: opens('/dev/' + name) for name in names])
`,
  },
  {
    id: 'open-the-agent',
    says: 'Open memory, environment and descriptors of the agent.',
    walls: ['hidden agent'],
    proof: 'effect',
    program: `
def opens(path):
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    won(path + ' opened')
agent = f"/proc/{FACTS['agent']}"
tries(*[lambda name=name: opens(f'{agent}/{name}') for name in ('environ', 'mem', 'auxv', 'fd/0', 'fd/3', 'fd/4', 'cwd/', 'root/')])
tries(lambda: won(os.listdir(agent + '/fd')))
`,
  },
];
