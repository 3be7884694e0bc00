"""What the programs of the attempts have in common. Runs inside a sandbox, and inside the guard."""
import ctypes
import errno
import fcntl
import glob
import json
import mmap
import os
import platform
import pty
import resource
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import termios
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == 'x86_64'
# x86-64, arm64; one number where both have the same.
CALLS = {
    'ptrace': (101, 117), 'syslog': (103, 116), 'pivot_root': (155, 41), 'chroot': (161, 51), 'mount': (165, 40),
    'umount2': (166, 39), 'swapon': (167, 224), 'sethostname': (170, 161), 'init_module': (175, 105),
    'clock_settime': (227, 112), 'add_key': (248, 217), 'keyctl': (250, 219), 'unshare': (272, 97),
    'perf_event_open': (298, 241), 'fanotify_init': (300, 262), 'name_to_handle_at': (303, 264),
    'open_by_handle_at': (304, 265), 'setns': (308, 268), 'process_vm_readv': (310, 270),
    'process_vm_writev': (311, 271), 'kcmp': (312, 272), 'seccomp': (317, 277), 'bpf': (321, 280),
    'userfaultfd': (323, 282), 'io_uring_setup': 425, 'open_tree': 428, 'fsopen': 430, 'pidfd_open': 434,
    'clone3': 435, 'pidfd_getfd': 438, 'clone': (56, 220), 'pidfd_send_signal': 424, 'fsconfig': 431,
    'memfd_secret': 447, 'move_mount': 429, 'fsmount': 432,
}
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE, PR_CAPBSET_READ = 38, 4, 23
MIB = 1024 * 1024
FACTS = json.loads(sys.argv[1])


def won(evidence):
    """The attempt has succeeded; the evidence is what only a success can know or see."""
    if isinstance(evidence, bytes):
        evidence = evidence.decode('utf-8', 'replace')
    print('WON ' + json.dumps(str(evidence)[:20000]), flush=True)


def lacking(reason):
    """This kernel has no such thing: nobody can try it here."""
    print('LACKING ' + json.dumps(reason), flush=True)
    sys.exit(0)


def call(name, *arguments):
    numbers = CALLS[name]
    number = numbers if isinstance(numbers, int) else numbers[0 if X86 else 1]
    given = [value if isinstance(value, (bytes, ctypes.Array, ctypes.Structure)) or value is None
             or hasattr(value, '_obj') else ctypes.c_long(value) for value in arguments]
    given += [ctypes.c_long(0)] * (6 - len(given))
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *given)
    if result < 0:
        error = ctypes.get_errno()
        if error == errno.ENOSYS and FACTS['side'] == 'control':
            lacking(f'the kernel has no {name}')
        raise OSError(error, f'{name}: {os.strerror(error)}')
    return result


def tries(*attempts):
    """Runs each; one that is refused does not keep the next from being tried."""
    for attempt in attempts:
        try:
            attempt()
        except Exception as error:
            print(f'refused: {type(error).__name__}: {error}'[:300], flush=True)


def read(path, count=20000):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return os.read(fd, count)
    finally:
        os.close(fd)


def read_all(paths):
    tries(*[lambda path=path: won(read(path)) for path in paths])


def put(path, text='x'):
    """Writes, and has won when it can be read back."""
    with open(path, 'w') as file:
        file.write(text)
    if open(path).read().startswith(text):
        won(f'{path} written')


def talk(family, address, kind=socket.SOCK_STREAM, say=b'hello\n'):
    """What a listener says to whoever reaches it."""
    with socket.socket(family, kind) as sock:
        sock.settimeout(3)
        sock.connect(address)
        sock.send(say)
        won(sock.recv(4096))


def child(body):
    """Runs it in a child of its own and gives back how that ended."""
    pid = os.fork()
    if pid == 0:
        code = 0
        try:
            body()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException as error:
            print(f'refused: {type(error).__name__}: {error}'[:300], flush=True)
            code = 1
        sys.stdout.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def namespace(name):
    return os.readlink(f'/proc/self/ns/{name}')


print('BEGUN', flush=True)
