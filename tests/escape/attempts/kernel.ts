import type { Attempt } from '../attempt.ts';

/** Doors of the kernel: mounts, namespaces, control groups, and calls that no shell needs. */
export const KERNEL: readonly Attempt[] = [
  {
    id: 'mount',
    says: 'Mount a file system.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
os.makedirs('/tmp/m', exist_ok=True)
call('mount', b'none', b'/tmp/m', b'tmpfs', 0, None)
won('mounted' if os.path.ismount('/tmp/m') else '')
`,
  },
  {
    id: 'mount-anew',
    says: 'Mount a file system by the newer calls (fsopen, fsmount, move_mount).',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
context = call('fsopen', b'tmpfs', 0)
call('fsconfig', context, 6, None, None, 0)
won('mounted: ' + str(call('fsmount', context, 0, 0)))
`,
  },
  {
    id: 'copy-mounts',
    says: 'Copy a tree of mounts by open_tree.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `won('copied: ' + str(call('open_tree', -100, b'/', 0x8001)))`,
  },
  {
    id: 'make-writable',
    says: 'Mount the system anew without read-only.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
def again(path):
    call('mount', None, path, None, 32 | 4096, None)
    won('remounted')
tries(*[lambda path=path: again(path) for path in (b'/', b'/dev/shm', b'/usr')])
`,
  },
  {
    id: 'unmount',
    says: 'Take mounts away to see what lies below.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
def away(path):
    call('umount2', path, 2)
    won('unmounted')
tries(*[lambda path=path: away(path) for path in (b'/dev/shm', b'/dev/pts', b'/usr/local', b'/tmp')])
`,
  },
  {
    id: 'pivot-root',
    says: 'Change the root of the mount namespace.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
tries(lambda: call('unshare', CLONE_NEWNS))
os.makedirs('/dev/shm/old', exist_ok=True)
call('pivot_root', b'/dev/shm', b'/dev/shm/old')
won('pivoted')
`,
  },
  {
    id: 'chroot',
    says: 'Change the own root, the first step of the classical way out.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
call('chroot', b'/tmp')
won('changed')
`,
  },
  {
    id: 'user-namespace',
    says: 'Become root in a new user namespace, where much more of the kernel can be reached.',
    walls: ['system call filter', 'no further namespaces'],
    proof: 'effect',
    program: `
before = namespace('user')
call('unshare', CLONE_NEWUSER)
if namespace('user') != before:
    won('a new one')
`,
  },
  {
    id: 'other-namespaces',
    says: 'Make new mount, network, pid, ipc, uts and cgroup namespaces.',
    walls: ['system call filter', 'no capabilities'],
    proof: 'effect',
    program: `
def make(flag):
    call('unshare', flag)
    won(hex(flag))
tries(*[lambda flag=flag: make(flag) for flag in (CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWCGROUP, CLONE_NEWPID)])
`,
  },
  {
    id: 'clone-a-namespace',
    says: 'Make a user namespace by the flags of clone.',
    walls: ['system call filter', 'no further namespaces'],
    proof: 'effect',
    program: `
pid = call('clone', CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0)
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
won('a child in a namespace of its own')
`,
  },
  {
    id: 'clone3-a-namespace',
    says: 'Make a user namespace by clone3, whose flags lie where a filter cannot look.',
    walls: ['system call filter', 'no further namespaces'],
    proof: 'effect',
    program: `
pid = call('clone3', ctypes.create_string_buffer(struct.pack('=QQQQQQQQ', CLONE_NEWUSER, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)), 64)
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
won('a child in a namespace of its own')
`,
  },
  {
    id: 'namespace-tools',
    says: 'Have unshare and bubblewrap make namespaces.',
    walls: ['system call filter', 'no further namespaces'],
    proof: 'effect',
    program: `
for command in (['unshare', '-Ur', 'id', '-u'], ['bwrap', '--unshare-user', '--uid', '0', '--ro-bind', '/', '/', 'id', '-u']):
    if subprocess.run(command, capture_output=True, timeout=5).stdout == b'0\\n':
        won(command[0])
`,
  },
  {
    id: 'loosen-the-filter',
    says: 'Install a filter that allows everything, on top of the other one.',
    walls: ['system call filter', 'no further namespaces'],
    proof: 'effect',
    program: `
libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
allow = ctypes.create_string_buffer(struct.pack('=HBBI', 6, 0, 0, 0x7fff0000))
call('seccomp', 1, 0, ctypes.create_string_buffer(struct.pack('=HxxxxxxQ', 1, ctypes.addressof(allow))))
before = namespace('user')
call('unshare', CLONE_NEWUSER)
if namespace('user') != before:
    won('loosened')
`,
  },
  {
    id: 'another-abi',
    says: 'Call the kernel by the gate for 32-bit programs, whose numbers differ.',
    walls: ['system call filter'],
    proof: 'effect',
    program: `
if not X86:
    lacking('this machine has no 32-bit gate')
def gate():
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3')
    pid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    if pid == os.getpid():
        won('answered')
child(gate)
`,
  },
  {
    id: 'keys',
    says: 'Keep something in the kernel’s keyrings, which are no part of any namespace.',
    walls: ['system call filter'],
    proof: 'effect',
    program: `
key = call('add_key', b'user', b'dojou', b'kept', 4, -3)
buffer = ctypes.create_string_buffer(16)
call('keyctl', 11, key, buffer, 16)
won(buffer.value)
`,
  },
  {
    id: 'bpf',
    says: 'Load something into the kernel’s BPF machine.',
    walls: ['system call filter', 'no capabilities', 'user namespace'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `won('a map: ' + str(call('bpf', 0, ctypes.create_string_buffer(struct.pack('=IIIII', 2, 4, 4, 1, 0) + bytes(100)), 72)))`,
  },
  {
    id: 'perf',
    says: 'Measure by perf_event_open.',
    walls: ['system call filter'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `
event = ctypes.create_string_buffer(struct.pack('=IIQQQQQ', 1, 120, 1, 0, 0, 0, 1 << 5 | 1 << 6) + bytes(200))
won('an event: ' + str(call('perf_event_open', event, 0, -1, -1, 0)))
`,
  },
  {
    id: 'userfaultfd',
    says: 'Hold the kernel up in the middle of a call by userfaultfd.',
    walls: ['system call filter'],
    proof: 'effect',
    program: `won('a descriptor: ' + str(call('userfaultfd', 1)))`,
  },
  {
    id: 'io-uring',
    says: 'Have the kernel make calls that no filter sees, by io_uring.',
    walls: ['system call filter'],
    proof: 'effect',
    needs: ['root on some hosts'],
    program: `won('a ring: ' + str(call('io_uring_setup', 4, ctypes.create_string_buffer(120))))`,
  },
  {
    id: 'fanotify',
    says: 'Watch and hold up everybody’s file accesses by fanotify.',
    walls: ['system call filter', 'no capabilities', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    program: `won('a watch: ' + str(call('fanotify_init', 4, 0)))`,
  },
  {
    id: 'swap',
    says: 'Have the kernel write memory into a file of ours (swapon).',
    walls: ['system call filter', 'no capabilities', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    program: `
open('/tmp/swap', 'w').close()
try:
    call('swapon', b'/tmp/swap', 0)
except OSError as error:
    # Beyond the question of rights: an empty file can be no swap.
    if error.errno == errno.EINVAL:
        won('the kernel has looked at the file')
    raise
`,
  },
  {
    id: 'memory-nobody-sees',
    says: 'Have memory that the kernel itself cannot look into (memfd_secret).',
    walls: ['system call filter'],
    proof: 'effect',
    program: `won('a descriptor: ' + str(call('memfd_secret', 0)))`,
  },
  {
    id: 'leave-the-control-group',
    says: 'Leave the control group through one that is mounted.',
    walls: ['mount namespace', 'host user', 'user namespace'],
    proof: 'effect',
    needs: ['root'],
    program: `
def leave(procs):
    group = os.path.join(os.path.dirname(procs), 'elsewhere')
    os.makedirs(group, exist_ok=True)
    put(group + '/cgroup.procs', str(os.getpid()))
tries(*[lambda path=path: leave(path) for path in glob.glob('/sys/fs/cgroup/*/cgroup.procs') + glob.glob('/sys/fs/cgroup/cgroup.procs')])
`,
  },
  {
    id: 'mount-control-groups',
    says: 'Mount the control groups and make one without limits (the release_agent way).',
    walls: ['system call filter', 'no capabilities', 'host user'],
    proof: 'effect',
    needs: ['root'],
    program: `
os.makedirs('/tmp/groups', exist_ok=True)
def enter(kind, options):
    call('mount', b'none', b'/tmp/groups', kind, 0, options)
    os.makedirs('/tmp/groups/elsewhere', exist_ok=True)
    put('/tmp/groups/elsewhere/cgroup.procs', str(os.getpid()))
# The older hierarchy where there is one: the guard has a group of its own in no other.
tries(lambda: enter(*((b'cgroup', b'pids') if ':pids:' in open('/proc/self/cgroup').read() else (b'cgroup2', None))))
`,
  },
];
