import type { Attempt } from '../attempt.ts';

/** Processes of the host: seen, ended, slowed, traced, entered. */
export const PROCESSES: readonly Attempt[] = [
  {
    id: 'see-processes',
    says: 'Find a secret among the arguments of the processes that can be seen.',
    walls: ['pid namespace'],
    proof: 'secret',
    program: `read_all([*glob.glob('/proc/[0-9]*/cmdline'), f"/proc/{FACTS['victim']['pid']}/cmdline"])`,
  },
  {
    id: 'kill-everything',
    says: 'End every process that can be signalled: kill -9 -1.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'victim gone',
    alone: true,
    program: `os.kill(-1, signal.SIGKILL)`,
  },
  {
    id: 'kill-by-number',
    says: 'End a process of the server’s whose number is known.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'victim gone',
    program: `os.kill(FACTS['victim']['pid'], signal.SIGKILL)`,
  },
  {
    id: 'kill-by-pidfd',
    says: 'End a process of the server’s through a pidfd.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'victim gone',
    program: `call('pidfd_send_signal', call('pidfd_open', FACTS['victim']['pid'], 0), 9, None, 0)`,
  },
  {
    id: 'slow-another',
    says: 'Lower the priority of a process of the server’s.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'victim slowed',
    program: `
tries(lambda: os.setpriority(os.PRIO_PROCESS, FACTS['victim']['pid'], 5), lambda: os.setpriority(os.PRIO_USER, 0, 5))
`,
  },
  {
    id: 'limit-another',
    says: 'Take open files away from a process of the server’s by prlimit.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'effect',
    program: `
resource.prlimit(FACTS['victim']['pid'], resource.RLIMIT_NOFILE, (8, 8))
won('limited')
`,
  },
  {
    id: 'offer-another-for-memory',
    says: 'Have a process of the server’s killed first when memory runs out.',
    walls: ['pid namespace', 'host user', 'user namespace'],
    proof: 'effect',
    program: `put(f"/proc/{FACTS['victim']['pid']}/oom_score_adj", '1000')`,
  },
  {
    id: 'trace-the-server',
    says: 'Attach to a process of the server’s by ptrace and read its memory.',
    walls: ['pid namespace', 'system call filter', 'host user', 'user namespace'],
    proof: 'secret',
    program: `
pid, address = FACTS['victim']['pid'], FACTS['victim']['address']
call('ptrace', 0x4206, pid, 0, 0)
call('ptrace', 0x4207, pid, 0, 0)
os.waitpid(pid, 0x40000000)
words = b''
for step in range(0, 64, 8):
    word = ctypes.c_long()
    call('ptrace', 1, pid, address + step, ctypes.byref(word))
    words += struct.pack('=q', word.value)
won(words)
`,
  },
  {
    id: 'trace-the-agent',
    says: 'Attach to the agent of the own sandbox by ptrace.',
    walls: ['system call filter', 'hidden agent'],
    proof: 'effect',
    program: `
call('ptrace', 0x4206, FACTS['agent'], 0, 0)
won('attached')
`,
  },
  {
    id: 'copy-memory',
    says: 'Copy the server’s memory by process_vm_readv.',
    walls: ['pid namespace', 'system call filter', 'host user', 'user namespace'],
    proof: 'secret',
    program: `
buffer = ctypes.create_string_buffer(64)
mine = ctypes.create_string_buffer(struct.pack('=QQ', ctypes.addressof(buffer), 64))
theirs = ctypes.create_string_buffer(struct.pack('=QQ', FACTS['victim']['address'], 64))
call('process_vm_readv', FACTS['victim']['pid'], mine, 1, theirs, 1, 0)
won(buffer.raw)
`,
  },
  {
    id: 'write-the-agent',
    says: 'Write into the agent’s memory by process_vm_writev.',
    walls: ['system call filter', 'hidden agent'],
    proof: 'effect',
    program: `
address = int(open(f"/proc/{FACTS['agent']}/maps").readline().split('-')[0], 16)
buffer = ctypes.create_string_buffer(64)
mine = ctypes.create_string_buffer(struct.pack('=QQ', ctypes.addressof(buffer), 64))
theirs = ctypes.create_string_buffer(struct.pack('=QQ', address, 64))
call('process_vm_readv', FACTS['agent'], mine, 1, theirs, 1, 0)
won('the agent is open')
`,
  },
  {
    id: 'steal-a-descriptor',
    says: 'Take an open file out of the server by pidfd_getfd.',
    walls: ['pid namespace', 'system call filter', 'host user', 'user namespace'],
    proof: 'secret',
    program: `
fd = call('pidfd_getfd', call('pidfd_open', FACTS['victim']['pid'], 0), FACTS['victim']['fd'], 0)
won(os.pread(fd, 4096, 0))
`,
  },
  {
    id: 'steal-the-links',
    says: 'Take the agent’s links to the server by pidfd_getfd.',
    walls: ['system call filter', 'hidden agent'],
    proof: 'effect',
    program: `
won('taken: ' + str(call('pidfd_getfd', call('pidfd_open', FACTS['agent'], 0), 1 if FACTS['side'] == 'control' else 3, 0)))
`,
  },
  {
    id: 'compare-with-the-server',
    says: 'Learn about the server’s kernel objects by kcmp.',
    walls: ['pid namespace', 'system call filter', 'host user', 'user namespace'],
    proof: 'effect',
    program: `
call('kcmp', os.getpid(), FACTS['victim']['pid'], 2, 0, 0)
won('compared')
`,
  },
  {
    id: 'enter-namespaces',
    says: 'Enter the server’s namespaces by setns.',
    walls: ['pid namespace', 'system call filter', 'no capabilities', 'user namespace'],
    proof: 'effect',
    program: `
def enter(pid, name):
    call('setns', os.open(f'/proc/{pid}/ns/{name}', os.O_RDONLY), 0)
    won(f'entered {name} of {pid}')
tries(*[lambda pid=pid, name=name: enter(pid, name) for pid in (FACTS['victim']['pid'], FACTS['pid']) for name in ('net', 'uts', 'ipc')])
tries(lambda: won(call('setns', call('pidfd_open', FACTS['victim']['pid'], 0), CLONE_NEWNET)))
`,
  },
  {
    id: 'type-into-the-terminal',
    says: 'Push characters into the terminal as if somebody had typed them (TIOCSTI).',
    walls: ['system call filter'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `
master, slave = pty.openpty()
def push():
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for request in (0x5412, 1 << 32 | 0x5412):
        if libc.ioctl(slave, ctypes.c_ulong(request), b'x') == 0:
            won('typed')
child(push)
`,
  },
  {
    id: 'console-selection',
    says: 'Talk to the console by TIOCLINUX.',
    walls: ['system call filter', 'no devices, no setuid', 'no capabilities', 'host user'],
    proof: 'effect',
    needs: ['root'],
    program: `
def ask(path):
    fd = os.open(path, os.O_RDONLY | os.O_NOCTTY)
    state = ctypes.create_string_buffer(bytes([6]))
    if libc.ioctl(fd, ctypes.c_ulong(0x541C), state) >= 0:
        won(f'{path} answered')
os.umask(0)
tries(lambda: os.mknod('/tmp/console', 0o20666, os.makedev(4, 0)))
tries(*[lambda path=path: ask(path) for path in ('/tmp/console', '/dev/tty0', '/dev/tty1', '/dev/console', '/dev/tty')])
`,
  },
];
