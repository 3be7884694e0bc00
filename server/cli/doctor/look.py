"""What a program in a sandbox of this host meets when it tries each wall: printed as one line of JSON.

Its argument is JSON, too: what to try, as probe.ts asks for it.
"""
import ctypes
import errno
import json
import os
import resource
import socket
import sys

given = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER = 0x10000000
TIOCSTI = 0x5412
AF_VSOCK = 40
# Numbers that differ between the machines on which shells run; the rest go by the library.
CALLS = {
    'x86_64': {'keyctl': 250, 'bpf': 321, 'perf_event_open': 298, 'userfaultfd': 323, 'io_uring_setup': 425},
    'aarch64': {'keyctl': 219, 'bpf': 280, 'perf_event_open': 241, 'userfaultfd': 282, 'io_uring_setup': 425},
}


def name(code):
    return errno.errorcode.get(code, str(code)) if code else 'allowed'


def called(result):
    return name(ctypes.get_errno()) if result < 0 else 'allowed'


def tried(task):
    try:
        task()
        return 'allowed'
    except OSError as error:
        return name(error.errno)


def status():
    lines = open('/proc/self/status').read().splitlines()
    return dict(line.split(':\t', 1) for line in lines if ':\t' in line)


def denied_calls():
    calls = {name: called(libc.syscall(number, 0, 0, 0, 0, 0)) for name, number in CALLS[os.uname().machine].items()}
    calls['unshare'] = called(libc.unshare(CLONE_NEWUSER))
    calls['mount'] = called(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))
    calls['ptrace'] = called(libc.ptrace(16, os.getppid(), 0, 0))
    calls['TIOCSTI'] = called(libc.ioctl(0, TIOCSTI, b'x'))
    return calls


def written(path):
    def write():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.unlink(path)
    return tried(write)


def read(path):
    def look():
        descriptor = os.open(path, os.O_RDONLY)
        os.close(descriptor)
    return tried(look)


def reached(host, port):
    def connect():
        socket.create_connection((host, port), 3).close()
    return tried(connect)


def full(folder, most):
    """Megabytes that fit into a folder, up to `most`."""
    path, fitted = os.path.join(folder, '.doctor'), 0
    try:
        with open(path, 'wb', buffering=0) as file:
            for _ in range(most):
                if file.write(b'x' * 1048576) < 1048576:
                    break
                fitted += 1
    except OSError:
        pass
    os.unlink(path)
    return fitted


def opened():
    files = []
    try:
        while len(files) < 100000:
            files.append(os.open('/dev/null', os.O_RDONLY))
    except OSError:
        pass
    for file in files:
        os.close(file)
    return len(files)


def forked(most):
    """Children that could be started at a time, up to `most`."""
    gate, children = os.pipe(), []
    for _ in range(most):
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            os.close(gate[1])
            os.read(gate[0], 1)
            os._exit(0)
        children.append(child)
    os.close(gate[1])
    for child in children:
        os.waitpid(child, 0)
    return len(children)


def taken(megabytes):
    """How a child ends that takes so much memory."""
    child = os.fork()
    if child == 0:
        try:
            held = [b'x' * 1048576 for _ in range(megabytes)]
            os._exit(0 if len(held) == megabytes else 1)
        except MemoryError:
            os._exit(2)
    _, ended = os.waitpid(child, 0)
    return 'killed' if os.WIFSIGNALED(ended) else {0: 'survived', 2: 'refused'}.get(os.WEXITSTATUS(ended), 'failed')


HOME = os.environ['HOME']
seen = {
    'status': {key: value.strip() for key, value in status().items() if key in given['status']},
    'namespaces': {each: os.readlink(f'/proc/self/ns/{each}') for each in given['namespaces']},
    'calls': denied_calls(),
    'vsock': tried(lambda: socket.socket(AF_VSOCK, socket.SOCK_STREAM).close()),
    'written': {folder: written(os.path.join(folder, '.doctor')) for folder in given['folders']},
    'read': {path: read(path) for path in given['paths']},
    'devices': sorted(os.listdir('/dev')),
    'processes': sorted(int(each) for each in os.listdir('/proc') if each.isdigit()),
    'interfaces': [line.split(':')[0].strip() for line in open('/proc/net/dev').read().splitlines()[2:]],
    'reached': {f'{host}:{port}': reached(host, port) for host, port in given['addresses']},
    'environment': sorted(os.environ),
    'descriptors': sorted(os.readlink(f'/proc/self/fd/{each}') for each in ('0', '1', '2', '3', '4', '5', '6', '7', '8')
                          if os.path.lexists(f'/proc/self/fd/{each}')),
    'agent': read(f'/proc/{os.getppid()}/environ'),
    'core': resource.getrlimit(resource.RLIMIT_CORE)[1],
    'opened': opened(),
    'sizes': {folder: full(folder, given['memoryMiB']) for folder in (HOME, '/tmp', '/dev/shm')},
    'forked': forked(given['processes']),
}
print(json.dumps(seen), flush=True)
# Last: what ends it may end us.
print(json.dumps({'memory': taken(given['memoryMiB'] * 3)}), flush=True)
