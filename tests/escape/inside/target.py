"""What there is to win: a server with secrets in files, environment, memory and sockets, and a neighbour.
The same program stands on the host and inside the guard, with the secret in its environment.
argv: JSON {secret, folder, files: [[path, mode]], addresses: [[address, port, kind]], lan}.
Prints its facts as a line of JSON; for each line that it is sent it prints what has happened to it since.
Ends, and takes everything away, when its input ends.
"""
import ctypes
import json
import os
import signal
import socket
import sys
import threading
import time

asked = json.loads(sys.argv[1])
secret = asked['secret']
made, effects = [], []
libc = ctypes.CDLL(None, use_errno=True)


def write_files():
    for path, mode in asked['files']:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            os.fchmod(file.fileno(), mode)
            file.write(secret + '\n')
        made.append(path)


def victim():
    """A process of the server's: secret in environment, memory and an open file that has no name."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        memory = ctypes.create_string_buffer(secret.encode())
        nameless = os.memfd_create('nameless')
        os.write(nameless, secret.encode())
        os.dup2(nameless, 77)
        os.write(writer, json.dumps({'address': ctypes.addressof(memory), 'fd': 77}).encode())
        os.close(writer)
        nothing = os.open('/dev/null', os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1):
            signal.signal(number, signal.SIG_DFL)
        while True:
            time.sleep(60)
    os.close(writer)
    facts = json.loads(os.read(reader, 4096))
    os.close(reader)
    return {'pid': pid, **facts}


def serve(sock):
    """Whoever comes is told the secret."""
    def loop():
        while True:
            try:
                if sock.type == socket.SOCK_DGRAM:
                    _, who = sock.recvfrom(4096)
                    sock.sendto(secret.encode(), who)
                    continue
                connection, _ = sock.accept()
                with connection:
                    connection.settimeout(3)
                    connection.recv(4096)
                    connection.sendall(secret.encode())
            except OSError:
                continue
    if sock.type != socket.SOCK_DGRAM:
        sock.listen(8)
    threading.Thread(target=loop, daemon=True).start()
    return sock


def bound(family, address, kind=socket.SOCK_STREAM):
    sock = socket.socket(family, kind)
    if family != socket.AF_UNIX:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(address)
    return serve(sock)


def listeners():
    facts = {'port4': bound(socket.AF_INET, ('127.0.0.1', 0)).getsockname()[1]}
    try:
        facts['port6'] = bound(socket.AF_INET6, ('::1', 0)).getsockname()[1]
    except OSError:
        facts['port6'] = 0
    facts['abstract'] = f'dojou-target-{os.getpid()}'
    bound(socket.AF_UNIX, '\0' + facts['abstract'])
    facts['unix'] = asked['folder'] + '/socket'
    bound(socket.AF_UNIX, facts['unix'])
    os.chmod(facts['unix'], 0o777)
    made.append(facts['unix'])
    for address, port, kind in asked['addresses']:
        bound(socket.AF_INET, (address, port), getattr(socket, kind))
    facts['lan'] = lan()
    return facts


def lan():
    """The host's own address in its network, or a private one that nobody has."""
    if asked['lan']:
        return [asked['lan'], bound(socket.AF_INET, (asked['lan'], 0)).getsockname()[1]]
    return ['10.77.0.1', 7070]


os.makedirs(asked['folder'], mode=0o755, exist_ok=True)
os.chmod(asked['folder'], 0o755)
write_files()
facts = {'folder': asked['folder'], 'files': [path for path, _ in asked['files']], 'pid': os.getpid(),
         'parent': os.getppid(), 'victim': victim(), **listeners()}
print(json.dumps(facts), flush=True)


def look():
    try:
        pid, status = os.waitpid(facts['victim']['pid'], os.WNOHANG)
        if pid:
            effects.append('victim gone')
    except ChildProcessError:
        pass
    watch = libc.inotify_init()
    if watch < 0:
        return ['no more inotify']
    os.close(watch)
    if not effects:
        state = open(f"/proc/{facts['victim']['pid']}/status").read()
        if '\nState:\tT' in state:
            return ['victim stopped']
        if os.getpriority(os.PRIO_PROCESS, facts['victim']['pid']) != 0:
            return ['victim slowed']
    return effects


for _ in sys.stdin:
    print(json.dumps(look()), flush=True)
if 'victim gone' not in look():
    os.kill(facts['victim']['pid'], signal.SIGKILL)
for path in made:
    try:
        os.unlink(path)
    except OSError:
        pass
