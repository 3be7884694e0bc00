"""A pretended host for one attempt without any wall: its own mounts, processes, network, names, on memory
alone. Whatever the attempt does ends with it. Reads a JSON order from standard input, prints a JSON result.
Started as the first process of new namespaces; root there, which may be an ordinary user outside.
"""
import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading

libc = ctypes.CDLL(None, use_errno=True)
PYTHON = '/usr/bin/python3'
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 1, 32, 4096, 16384, 1 << 18, 2
ROOT = '/tmp/guard'
OUTPUT_BYTES = 64 * 1024 * 1024


def mount(source, target, kind=None, flags=0, options=None):
    os.makedirs(target, exist_ok=True)
    encoded = [value.encode() if value else None for value in (source, target, kind)]
    if libc.mount(*encoded, ctypes.c_ulong(flags), options.encode() if options else None) < 0:
        error = ctypes.get_errno()
        raise OSError(error, f'mount {target}: {os.strerror(error)}')


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)
    os.chmod(path, mode)


def bind_system():
    """The host's programs, read-only, in a /usr that can be written."""
    for name in sorted(os.listdir('/usr')):
        source, target = f'/usr/{name}', f'{ROOT}/usr/{name}'
        if os.path.islink(source):
            os.makedirs(f'{ROOT}/usr', exist_ok=True)
            os.symlink(os.readlink(source), target)
        elif name != 'local' and os.path.isdir(source):
            mount(source, target, None, MS_BIND | MS_REC)
    os.makedirs(f'{ROOT}/usr/local/bin')
    for name in ('bin', 'sbin', 'lib', 'lib64'):
        if os.path.islink(f'/{name}'):
            os.symlink(os.readlink(f'/{name}'), f'{ROOT}/{name}')
        elif os.path.isdir(f'/{name}'):
            mount(f'/{name}', f'{ROOT}/{name}', None, MS_BIND | MS_REC)


def make_devices():
    mount('tmpfs', f'{ROOT}/dev', 'tmpfs', 0, 'mode=755')
    for name in ('null', 'zero', 'full', 'random', 'urandom', 'tty', 'kmsg', 'fuse', 'loop-control'):
        if os.path.exists(f'/dev/{name}'):
            open(f'{ROOT}/dev/{name}', 'w').close()
            mount_file(f'/dev/{name}', f'{ROOT}/dev/{name}')
    mount('devpts', f'{ROOT}/dev/pts', 'devpts', 0, 'newinstance,ptmxmode=0666,mode=620')
    os.symlink('pts/ptmx', f'{ROOT}/dev/ptmx')
    os.symlink('/proc/self/fd', f'{ROOT}/dev/fd')
    mount('tmpfs', f'{ROOT}/dev/shm', 'tmpfs', 0, 'mode=1777')


def mount_groups():
    """The guard's own control groups, where it has some: those that limit it."""
    try:
        mount('tmpfs', f'{ROOT}/sys/fs/cgroup', 'tmpfs', 0, 'mode=755')
        mount('cgroup', f'{ROOT}/sys/fs/cgroup/pids', 'cgroup', 0, 'pids')
    except OSError as error:
        print(error, file=sys.stderr)


def mount_file(source, target):
    if libc.mount(source.encode(), target.encode(), None, ctypes.c_ulong(MS_BIND), None) < 0:
        os.unlink(target)


def build_root(secret):
    mount('none', '/', None, MS_REC | MS_PRIVATE)
    mount('tmpfs', '/tmp', 'tmpfs', 0, 'mode=755')
    mount('tmpfs', ROOT, 'tmpfs', 0, 'mode=755')
    bind_system()
    make_devices()
    mount('proc', f'{ROOT}/proc', 'proc')
    mount('sysfs', f'{ROOT}/sys', 'sysfs')
    mount_groups()
    for folder, mode in (('tmp', 0o1777), ('var/tmp', 0o1777), ('run', 0o755), ('root', 0o700), ('old', 0o700),
                         ('home/learner', 0o777), ('etc/cron.d', 0o755)):
        os.makedirs(f'{ROOT}/{folder}')
        os.chmod(f'{ROOT}/{folder}', mode)
    write(f'{ROOT}/etc/passwd', 'root:x:0:0::/root:/bin/sh\nlearner:x:1000:1000::/home/learner:/bin/sh\n')
    write(f'{ROOT}/etc/group', 'root:x:0:\nlearner:x:1000:\n')
    write(f'{ROOT}/etc/shadow', f'root:{secret}:1::::::\n', 0o600)
    write(f'{ROOT}/etc/ld.so.cache', '')
    with open('/etc/ld.so.cache', 'rb') as source, open(f'{ROOT}/etc/ld.so.cache', 'wb') as target:
        target.write(source.read())
    os.chdir(ROOT)
    if libc.pivot_root(b'.', b'old') < 0 or libc.umount2(b'/old', MNT_DETACH) < 0:
        raise OSError(ctypes.get_errno(), 'pivot_root')
    os.chdir('/')


def raise_network(addresses):
    """Loopback up, and the addresses of the world outside on it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number, address in enumerate(['127.0.0.1', *addresses]):
            name = (f'lo:{number}' if number else 'lo').encode().ljust(16, b'\0')
            fcntl.ioctl(sock, 0x8916, name + struct.pack('<HH4s8x', socket.AF_INET, 0, socket.inet_aton(address)) + b'\0' * 8)
        fcntl.ioctl(sock, 0x8914, b'lo'.ljust(16, b'\0') + struct.pack('<H', 0x49) + b'\0' * 22)


def start(program, *arguments, environment):
    process = subprocess.Popen([PYTHON, '-I', '-S', '-c', program, *arguments], env=environment, cwd='/',
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    first = process.stdout.readline()
    if not first:
        raise SystemExit('what there is to win did not start')
    return process, first


def put_up(wall, order):
    """One wall, around the attempt's process alone; runs in it before its program. None: not one of these."""
    def unshare(flags):
        if libc.unshare(flags) < 0:
            raise OSError(ctypes.get_errno(), 'unshare')

    def filtered():
        program = bytes(order['filter'])
        code = ctypes.create_string_buffer(program)
        block = ctypes.create_string_buffer(struct.pack('=HxxxxxxQ', len(program) // 8, ctypes.addressof(code)))
        if libc.prctl(22, 2, block, 0, 0) < 0:
            raise OSError(ctypes.get_errno(), 'seccomp')

    def without_capabilities():
        for number in range(64):
            libc.prctl(24, number, 0, 0, 0)
        # A root whose bounding set is empty gets nothing back by executing a program.
        libc.capset(struct.pack('=II', 0x20080522, 0), bytes(24))

    def other_user():
        os.setgroups([])
        os.setresgid(200000, 200000, 200000)
        os.setresuid(200000, 200000, 200000)

    def own_network():
        unshare(0x40000000)
        raise_network([])

    def own_mounts():
        unshare(0x20000)
        mount('none', '/', None, MS_REC | MS_PRIVATE)
        root = '/mnt-own'
        mount('tmpfs', root, 'tmpfs', 0, 'mode=755')
        for folder in ('usr', 'etc/alternatives', 'proc', 'dev', 'tmp', 'old', 'home/learner', 'var/tmp', 'run'):
            os.makedirs(f'{root}/{folder}')
        for name in sorted(os.listdir('/usr')):
            if os.path.isdir(f'/usr/{name}') and not os.path.islink(f'/usr/{name}'):
                mount(f'/usr/{name}', f'{root}/usr/{name}', None, MS_BIND | MS_REC)
        for name in ('bin', 'sbin', 'lib', 'lib64'):
            if os.path.islink(f'/{name}'):
                os.symlink(os.readlink(f'/{name}'), f'{root}/{name}')
        mount('/proc', f'{root}/proc', None, MS_BIND | MS_REC)
        for name in ('null', 'zero', 'urandom', 'tty'):
            open(f'{root}/dev/{name}', 'w').close()
            mount_file(f'/dev/{name}', f'{root}/dev/{name}')
        mount('tmpfs', f'{root}/dev/shm', 'tmpfs', 0, 'mode=1777')
        os.chdir(root)
        if libc.pivot_root(b'.', b'old') < 0 or libc.umount2(b'/old', MNT_DETACH) < 0:
            raise OSError(ctypes.get_errno(), 'pivot_root')
        os.chdir('/home/learner')

    def read_only():
        unshare(0x20000)
        mount('none', '/', None, MS_REC | MS_PRIVATE)
        for path in ('/home/learner', '/tmp', '/var/tmp'):
            mount('tmpfs', path, 'tmpfs', 0, 'mode=1777')
        mount('/proc/sys', '/proc/sys', None, MS_BIND | MS_REC)
        for path in mounted():
            if path not in ('/home/learner', '/tmp', '/var/tmp', '/dev/shm', '/proc') and not path.startswith('/dev/'):
                mount('none', path, None, MS_BIND | MS_REMOUNT | MS_RDONLY)

    def plain_mounts():
        unshare(0x20000)
        mount('none', '/', None, MS_REC | MS_PRIVATE)
        for path in mounted():
            if path == '/dev/shm' or not path.startswith(('/proc', '/sys', '/dev')):
                mount('none', path, None, MS_BIND | MS_REMOUNT | 2 | 4)

    def mounted():
        return [line.split()[4] for line in open('/proc/self/mountinfo')]

    def limited(kind, most):
        return lambda: resource.setrlimit(kind, (most, most))

    def no_namespaces():
        unshare(0x10000000)
        with open('/proc/sys/user/max_user_namespaces', 'w') as file:
            file.write('0')

    return {
        'system call filter': filtered, 'no capabilities': without_capabilities, 'host user': other_user,
        'network namespace': own_network, 'ipc namespace': lambda: unshare(0x8000000), 'mount namespace': own_mounts,
        'read-only system': read_only, 'no devices, no setuid': plain_mounts,
        'no new privileges': lambda: libc.prctl(38, 1, 0, 0, 0), 'no further namespaces': no_namespaces,
        'open files limit': limited(resource.RLIMIT_NOFILE, 1024), 'no core dumps': limited(resource.RLIMIT_CORE, 0),
        'empty environment': lambda: None, 'closed descriptors': lambda: None, 'pid namespace': lambda: None,
    }.get(wall)


def prepare(wall, order, user):
    up = put_up(wall, order)
    if up:
        up()
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def in_pid_namespace(command):
    return ['unshare', '--pid', '--fork', '--mount', '--mount-proc', *command]


def run(program, facts, order, environment, user=None, wall=None):
    """A program of the attempt, with everything that a server without walls would leave to it."""
    os.environ.clear()
    with open(facts['files'][0]) as secret:
        os.dup2(secret.fileno(), 99)
    command = [PYTHON, '-I', '-S', '-', json.dumps(facts)]
    if wall == 'pid namespace':
        command = in_pid_namespace(command)
    if wall == 'empty environment':
        environment = {'PATH': environment['PATH'], 'HOME': environment['HOME']}
    process = subprocess.Popen(command, env=environment, cwd='/home/learner', stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               pass_fds=[] if wall == 'closed descriptors' else [99], start_new_session=True,
                               preexec_fn=lambda: prepare(wall, order, user))
    kept = {'stdout': bytearray(), 'stderr': bytearray()}
    threads = [threading.Thread(target=drain, args=(getattr(process, name), kept[name]), daemon=True) for name in kept]
    for thread in threads:
        thread.start()
    try:
        process.stdin.write(program.encode())
        process.stdin.close()
    except BrokenPipeError:
        pass
    try:
        process.wait(order['seconds'])
    except subprocess.TimeoutExpired:
        process.kill()
    for thread in threads:
        thread.join(1)
    return process, {name: bytes(value).decode('utf-8', 'replace') for name, value in kept.items()}


def drain(stream, into):
    while len(into) < OUTPUT_BYTES:
        data = stream.read1(65536)
        if not data:
            return
        into += data


def main():
    order = json.load(sys.stdin)
    build_root(order['secret'])
    socket.sethostname('guard')
    raise_network(order['lan'])
    # Numbers that no process in a pid namespace of the attempt's own will have.
    with open('/proc/sys/kernel/ns_last_pid', 'w') as file:
        file.write('5000')
    environment = {'PATH': '/usr/bin:/bin:/usr/sbin:/sbin', 'HOME': '/home/learner', 'AWS_SECRET_ACCESS_KEY': order['secret']}
    target, first = start(order['target'], json.dumps(order['asked']), environment=environment)
    neighbour, _ = start(order['neighbour'], order['secret'], environment={**environment, 'NEIGHBOUR': order['secret']})
    facts = {**order['facts'], **json.loads(first), 'side': 'control', 'agent': neighbour.pid}
    process, said = run(order['program'], facts, order, environment, order['user'], order['wall'])
    if order['careless']:
        more = run(order['careless'], {**facts, 'said': said['stdout'][-20000:], 'pid': process.pid}, order, environment)[1]
        said = {name: said[name] + more[name] for name in said}
    effects = []
    try:
        target.stdin.write(b'\n')
        target.stdin.flush()
        effects = json.loads(target.stdout.readline())
    except (OSError, ValueError):
        effects = ['server gone']
    wins = [line for line in said['stdout'].split('\n') if line.startswith(('WON ', 'LACKING '))]
    print(json.dumps({'stdout': '\n'.join(wins[:50]), 'stderr': said['stderr'][-4000:] + said['stdout'][-2000:],
                      'effects': effects}), flush=True)


signal.alarm(60)
main()
os._exit(0)
