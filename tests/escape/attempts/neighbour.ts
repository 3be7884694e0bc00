import type { Attempt } from '../attempt.ts';

/** Another seat on the same host: its files, sockets, memory, processes, and what is shared with it. */
export const NEIGHBOUR: readonly Attempt[] = [
  {
    id: 'neighbour-files',
    says: 'Read another seat’s home and temporary files.',
    walls: ['mount namespace'],
    proof: 'secret',
    program: `
read_all(['/home/learner/neighbour', '/tmp/neighbour', '/var/tmp/neighbour'])
`,
  },
  {
    id: 'neighbour-shared-memory',
    says: 'Read another seat’s files in /dev/shm.',
    walls: ['mount namespace'],
    proof: 'secret',
    program: `read_all(glob.glob('/dev/shm/*'))`,
  },
  {
    id: 'neighbour-memory-segment',
    says: 'Attach a System V memory segment of another seat.',
    walls: ['ipc namespace'],
    proof: 'secret',
    program: `
segment = libc.shmget(0x0D0709, 0, 0)
if segment < 0:
    raise OSError(ctypes.get_errno(), 'shmget')
libc.shmat.restype = ctypes.c_void_p
won(ctypes.string_at(libc.shmat(segment, None, 0o10000), 64))
`,
  },
  {
    id: 'neighbour-socket-file',
    says: 'Reach a socket file of another seat.',
    walls: ['mount namespace'],
    proof: 'secret',
    program: `tries(lambda: talk(socket.AF_UNIX, '/tmp/neighbour.sock'))`,
  },
  {
    id: 'neighbour-abstract-socket',
    says: 'Reach an abstract socket of another seat.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `tries(lambda: talk(socket.AF_UNIX, '\\0dojou-neighbour'))`,
  },
  {
    id: 'neighbour-port',
    says: 'Reach a program that listens on the loopback of another seat.',
    walls: ['network namespace'],
    proof: 'secret',
    program: `tries(lambda: talk(socket.AF_INET, ('127.0.0.1', 7777)), lambda: talk(socket.AF_INET6, ('::1', 7777)))`,
  },
  {
    id: 'neighbour-environment',
    says: 'Read the environment of another seat’s programs, where its token is.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'secret',
    program: `
for path in glob.glob('/proc/[0-9]*/environ'):
    tries(lambda: b'NEIGHBOUR=' in read(path) and won(read(path)))
`,
  },
  {
    id: 'use-up-terminals',
    says: 'Take most of the terminals that the kernel has for all, and keep them.',
    walls: ['bounded terminals'],
    proof: 'effect',
    alone: true,
    program: `
pool = '/proc/sys/kernel/pty/'
most = int(open(pool + 'max').read()) - int(open(pool + 'reserve').read())
# Some are left, so that who runs beside this suite still gets a shell.
want = most * 6 // 10
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
if want > 900 * 50:
    lacking('this host has more terminals than a seat can open')
def hold(number):
    os.setsid()
    sys.stdout.flush()
    for _ in range(number):
        os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY)
    os.write(writer, b'.')
    time.sleep(60)
reader, writer = os.pipe()
children = []
for first in range(0, want, 900):
    pid = os.fork()
    if pid == 0:
        try:
            hold(min(900, want - first))
        finally:
            os._exit(1)
    children.append(pid)
os.close(writer)
for _ in children:
    os.read(reader, 1)
time.sleep(3.5)
if os.waitpid(-1, os.WNOHANG) == (0, 0):
    won(f'{want} terminals of {most}')
for pid in children:
    os.kill(pid, signal.SIGKILL)
`,
  },
  {
    id: 'use-up-watches',
    says: 'Use up what a host user may have of inotify, so that others get none.',
    walls: ['host user'],
    proof: 'no more inotify',
    needs: ['user per seat'],
    alone: true,
    program: `
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
def hold():
    try:
        for _ in range(900):
            if libc.inotify_init() < 0:
                return
    finally:
        time.sleep(4)
most = int(open('/proc/sys/fs/inotify/max_user_instances').read())
if most > 20000 and FACTS['side'] == 'control':
    lacking('this host gives its users more than a seat can open')
if os.fork():
    time.sleep(0.5)
else:
    os.setsid()
    sys.stdout.flush()
    fd = os.open('/dev/null', os.O_RDWR)
    os.dup2(fd, 1); os.dup2(fd, 2)
    children = [os.fork() for _ in range(min(12, most // 900))]
    hold()
`,
  },
];
