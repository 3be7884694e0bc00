"""The agent: the first program inside a sandbox. It opens ptys, runs programs, moves files and listens
on loopback ports for the server, over two links that it was started with. It holds no secret and no
right that the learner's shell lacks: the server believes nothing it says beyond its own sandbox.

frames.ts describes the links; the numbers here are the same.
"""
import ctypes
import errno
import fcntl
import heapq
import json
import os
import select
import signal
import socket
import stat
import struct
import sys
import termios
import time

LINK_TERMINALS, LINK_WORK = 3, 4
HEADER = struct.Struct('>IBI')
U32 = struct.Struct('>I')
MAX_PAYLOAD = 256 * 1024
WINDOW = 256 * 1024
CHUNK = 64 * 1024
AGENT_CHANNELS = 0x80000000
(OPEN, INPUT, RESIZE, PAUSE, RESUME, KILL, PING) = range(1, 8)
(EXEC, WRITE, READ, LISTEN, CONNECT) = range(16, 21)
(DATA, END, CREDIT, RESET) = range(32, 36)
(READY, OPENED, OUTPUT, ECHO, EXIT, FAILED, PONG) = range(64, 71)
(DONE, STDOUT, STDERR, ACCEPT) = range(80, 84)

# Sources stop being read while this much waits to be sent, and go on when it has shrunk to the lower mark.
CONGESTED, RELIEVED = 256 * 1024, 64 * 1024
# What is typed while a program reads nothing; a real terminal drops far earlier.
INPUT_LIMIT = 4 * 1024 * 1024
# A process that outlives the shell may keep its terminal or its pipes open: how long we wait for its bytes.
LINGER_SECONDS = 0.5
# A prompt may change ECHO shortly after the last byte: look again after these.
ECHO_LOOKS = (0.02, 0.2)
CONNECTIONS = 200
# A connect to the loopback waits only where the listener's queue is full.
CONNECT_SECONDS = 10
HOME = os.environ.get('HOME', '/home/learner')
WRITABLE = (HOME, '/tmp')
READABLE = (HOME, '/tmp', '/usr/local')

IN, OUT, BROKEN = select.EPOLLIN, select.EPOLLOUT, select.EPOLLERR | select.EPOLLHUP
PR_SET_DUMPABLE = 4
libc = ctypes.CDLL(None)


class Loop:
    """One epoll, timers, and the children that have ended."""

    def __init__(self):
        self.epoll = select.epoll()
        self.handlers = {}
        self.masks = {}
        self.timers = []
        self.turn = 0
        self.children = {}
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.watch(reader, IN, lambda _: self.reap(reader))

    def watch(self, fd, mask, handler):
        """An interest of 0 takes the descriptor out, since epoll reports a hang-up even unasked."""
        before = self.masks.get(fd, 0)
        if mask == before:
            if mask:
                self.handlers[fd] = handler
            return
        if mask == 0:
            self.epoll.unregister(fd)
            del self.masks[fd], self.handlers[fd]
            return
        (self.epoll.modify if before else self.epoll.register)(fd, mask)
        self.masks[fd], self.handlers[fd] = mask, handler

    def after(self, seconds, task):
        self.turn += 1
        heapq.heappush(self.timers, (time.monotonic() + seconds, self.turn, task))

    def reap(self, reader):
        try:
            os.read(reader, 4096)
        except BlockingIOError:
            pass
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            done = self.children.pop(pid, None)
            if done:
                done(os.waitstatus_to_exitcode(status))

    def run(self):
        while True:
            wait = -1
            if self.timers:
                wait = max(0, self.timers[0][0] - time.monotonic())
            for fd, events in self.epoll.poll(wait):
                handler = self.handlers.get(fd)
                if handler:
                    handler(events)
            while self.timers and self.timers[0][0] <= time.monotonic():
                heapq.heappop(self.timers)[2]()


class Link:
    """Frames to and from the server. `sources` are told when they may send and when they may not."""

    def __init__(self, fd, dispatch):
        self.sock = socket.socket(fileno=fd)
        self.sock.setblocking(False)
        os.set_inheritable(fd, False)
        self.fd = fd
        self.dispatch = dispatch
        self.unsent = []
        self.unsent_bytes = 0
        self.congested = False
        self.sources = set()
        self.received = bytearray()
        self.watch()
        self.send(READY, 0)

    def watch(self):
        loop.watch(self.fd, IN | (OUT if self.unsent else 0), self.ready)

    def send(self, kind, channel, payload=b''):
        frame = HEADER.pack(len(payload), kind, channel) + payload
        if not self.unsent:
            try:
                sent = self.sock.send(frame)
            except BlockingIOError:
                sent = 0
            if sent == len(frame):
                return
            frame = memoryview(frame)[sent:]
        self.unsent.append(frame)
        self.unsent_bytes += len(frame)
        self.watch()
        if not self.congested and self.unsent_bytes > CONGESTED:
            self.congested = True
            self.tell_sources()

    def send_json(self, kind, channel, value):
        self.send(kind, channel, json.dumps(value).encode())

    def fail(self, channel, reason, **more):
        self.send_json(FAILED, channel, {'reason': str(reason), **more})

    def tell_sources(self):
        for source in list(self.sources):
            source.update()

    def ready(self, events):
        if events & OUT:
            self.flush()
        if events & (IN | BROKEN):
            self.receive()

    def flush(self):
        try:
            sent = self.sock.sendmsg(self.unsent[:64])
        except BlockingIOError:
            return
        self.unsent_bytes -= sent
        while sent:
            first = self.unsent[0]
            if sent < len(first):
                self.unsent[0] = memoryview(first)[sent:]
                break
            sent -= len(first)
            del self.unsent[0]
        if not self.unsent:
            self.watch()
        if self.congested and self.unsent_bytes <= RELIEVED:
            self.congested = False
            self.tell_sources()

    def receive(self):
        try:
            chunk = self.sock.recv(4 * CHUNK)
        except BlockingIOError:
            return
        if not chunk:
            sys.exit(0)
        self.received += chunk
        at = 0
        while len(self.received) - at >= HEADER.size:
            length, kind, channel = HEADER.unpack_from(self.received, at)
            if length > MAX_PAYLOAD:
                sys.exit('dojou: a frame is too long')
            end = at + HEADER.size + length
            if len(self.received) < end:
                break
            self.dispatch(kind, channel, bytes(self.received[at + HEADER.size:end]))
            at = end
        del self.received[:at]


def spawn(argv, descriptors, prepare):
    """Forks and runs a program with `descriptors` as 0, 1 and 2, in a session of its own."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        prepare()
        for number, fd in enumerate(descriptors):
            os.dup2(fd, number)
        os.closerange(3, 1024)
        # From here on nothing of the agent's is open; only a dumpable process may raise its own score,
        # by which a greedy program dies before the agent does.
        libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        with open('/proc/self/oom_score_adj', 'w') as score:
            score.write('300')
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.chdir(HOME)
        os.execvpe(argv[0], argv, os.environ)
    except BaseException as error:
        os.write(2, f'dojou: {argv[0]}: {error}\n'.encode())
    os._exit(127)


def outcome(status):
    if status >= 0:
        return {'code': status, 'signal': None}
    try:
        return {'code': None, 'signal': signal.Signals(-status).name}
    except ValueError:
        return {'code': None, 'signal': f'SIG{-status}'}


def kill_group(pid, number):
    """The group of a child of ours; one that was forked just now may not lead its group yet."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, number)
            return
        except (ProcessLookupError, PermissionError):
            pass


class Pty:
    """A terminal. Our own hold on its slave keeps the master readable until the leader has ended."""

    def __init__(self, channel, request):
        self.channel = channel
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self.resize(request['cols'], request['rows'])
        self.paused = self.drained = self.lingering = False
        self.status = None
        self.input = bytearray()
        self.echo = True
        self.looks = 0
        argv = request.get('argv') or ['/bin/bash', '-l']
        self.pid = spawn(argv, [self.slave] * 3, lambda: fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0))
        loop.children[self.pid] = self.ended
        terminals.sources.add(self)
        terminals.send(OPENED, channel)
        self.update()

    def update(self):
        mask = 0
        if not (self.paused or terminals.congested):
            mask = IN
        if self.input:
            mask |= OUT
        loop.watch(self.master, 0 if self.drained else mask, self.ready)

    def ready(self, events):
        if events & OUT:
            self.write(b'')
        if events & (IN | BROKEN) and not (self.paused or terminals.congested):
            self.read()

    def read(self):
        pieces, room = [], CHUNK
        while room > 0:
            try:
                piece = os.read(self.master, room)
            except BlockingIOError:
                self.drained = self.lingering
                break
            except OSError:
                piece = b''
            if not piece:
                self.drained = True
                break
            pieces.append(piece)
            room -= len(piece)
        if pieces:
            terminals.send(OUTPUT, self.channel, b''.join(pieces))
        if self.drained:
            self.finish()
        else:
            self.look_at_echo()

    def write(self, data):
        if len(self.input) + len(data) <= INPUT_LIMIT:
            self.input += data
        try:
            while self.input:
                del self.input[:os.write(self.master, self.input[:CHUNK])]
        except BlockingIOError:
            pass
        except OSError:
            self.input.clear()
        self.update()
        self.look_at_echo()

    def look_at_echo(self):
        self.report_echo()
        if self.looks == 0:
            self.looks = len(ECHO_LOOKS)
            for seconds in ECHO_LOOKS:
                loop.after(seconds, self.look_again)

    def look_again(self):
        self.looks -= 1
        self.report_echo()

    def report_echo(self):
        if self.drained:
            return
        try:
            flags = termios.tcgetattr(self.master)[3]
        except termios.error:
            return
        # Line editors switch off ECHO too, but then ICANON as well, and show the keys themselves.
        echo = bool(flags & termios.ECHO) or not flags & termios.ICANON
        if echo != self.echo:
            self.echo = echo
            terminals.send(ECHO, self.channel, bytes([echo]))

    def resize(self, cols, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, cols, 0, 0))

    def pause(self, paused):
        self.paused = paused
        self.update()
        if self.lingering and not (paused or self.drained):
            self.read()

    def kill(self, number):
        pid = self.pid
        if number == signal.SIGINT:
            try:
                pid = os.tcgetpgrp(self.master)
            except OSError:
                pass
        if self.status is None and pid > 0:
            kill_group(pid, number)

    def ended(self, status):
        self.status = status
        os.close(self.slave)
        if self.drained:
            self.finish()
        else:
            loop.after(LINGER_SECONDS, self.linger)

    def linger(self):
        if not self.drained:
            self.lingering = True
            self.pause(self.paused)

    def finish(self):
        self.update()
        if self.status is None:
            return
        terminals.sources.discard(self)
        ptys.pop(self.channel, None)
        os.close(self.master)
        terminals.send_json(EXIT, self.channel, outcome(self.status))


class Sink:
    """Bytes on their way from the server into a descriptor; what was written is granted anew."""

    def __init__(self, channel, fd, update, done):
        self.channel, self.fd, self.update, self.done = channel, fd, update, done
        self.waiting = bytearray()
        self.ending = self.broken = self.closed = False

    def push(self, data):
        if self.broken:
            work.send(CREDIT, self.channel, U32.pack(len(data)))
            return
        self.waiting += data
        self.flush()

    def end(self):
        self.ending = True
        self.flush()

    def flush(self):
        written = 0
        try:
            while self.waiting and not self.broken:
                count = os.write(self.fd, self.waiting[:CHUNK])
                del self.waiting[:count]
                written += count
        except BlockingIOError:
            pass
        except OSError:
            written += len(self.waiting)
            self.waiting.clear()
            self.broken = True
        if written:
            work.send(CREDIT, self.channel, U32.pack(written))
        if not self.closed and (self.broken or (self.ending and not self.waiting)):
            self.closed = True
            self.done()
        self.update()


class Exec:
    """A program with pipes; ends when it has ended and its output has been read."""

    def __init__(self, channel, request):
        self.channel = channel
        self.left = {}
        self.timed_out = self.truncated = self.finished = False
        self.status = None
        theirs_in, self.stdin = os.pipe()
        self.stdout, theirs_out = os.pipe()
        self.stderr, theirs_err = os.pipe()
        for fd in (self.stdin, self.stdout, self.stderr):
            os.set_blocking(fd, False)
        self.pid = spawn(request['argv'], [theirs_in, theirs_out, theirs_err], lambda: None)
        for fd in (theirs_in, theirs_out, theirs_err):
            os.close(fd)
        self.left = {self.stdout: request['maxBytes'], self.stderr: request['maxBytes']}
        self.open = {self.stdout: STDOUT, self.stderr: STDERR}
        self.sink = Sink(channel, self.stdin, self.update, self.close_stdin)
        loop.children[self.pid] = self.ended
        loop.after(request['timeoutMs'] / 1000, self.time_out)
        work.sources.add(self)
        self.update()

    def frame(self, kind, payload):
        if kind == DATA:
            self.sink.push(payload)
        elif kind == END:
            self.sink.end()
        elif kind == RESET:
            kill_group(self.pid, signal.SIGKILL)

    def update(self):
        if not self.sink.closed:
            loop.watch(self.stdin, OUT if self.sink.waiting else 0, lambda _: self.sink.flush())
        for fd in list(self.open):
            loop.watch(fd, 0 if work.congested else IN, lambda _, fd=fd: self.read(fd))

    def close_stdin(self):
        loop.watch(self.stdin, 0, None)
        os.close(self.stdin)

    def read(self, fd):
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return
        if not data:
            self.close(fd)
            self.finish()
            return
        kept = data[:self.left[fd]]
        self.left[fd] -= len(kept)
        if len(kept) < len(data):
            self.truncated = True
        if kept:
            work.send(self.open[fd], self.channel, kept)

    def close(self, fd):
        loop.watch(fd, 0, None)
        del self.open[fd]
        os.close(fd)

    def time_out(self):
        if self.status is None:
            self.timed_out = True
            kill_group(self.pid, signal.SIGKILL)

    def ended(self, status):
        self.status = status
        self.finish()
        loop.after(LINGER_SECONDS, self.give_up)

    def give_up(self):
        for fd in list(self.open):
            self.close(fd)
        self.finish()

    def finish(self):
        if self.finished or self.status is None or self.open:
            return
        self.finished = True
        if not self.sink.closed:
            self.sink.closed = True
            self.close_stdin()
        work.sources.discard(self)
        channels.pop(self.channel, None)
        result = outcome(self.status)
        work.send_json(DONE, self.channel, {**result, 'timedOut': self.timed_out, 'truncated': self.truncated})


def confined(path, roots):
    """The path with its folder resolved, or None when that leads out of where the path claims to be."""
    for root in roots:
        if path.startswith(root + '/'):
            folder = os.path.realpath(os.path.dirname(path))
            if folder == root or folder.startswith(root + '/'):
                return os.path.join(folder, os.path.basename(path))
    return None


class Writing:
    """A file written beside its place and moved there when it is whole."""

    def __init__(self, channel, request):
        self.channel = channel
        self.path = None
        folder = os.path.dirname(request['path'])
        if confined(request['path'], WRITABLE):
            os.makedirs(folder, exist_ok=True)
        self.path = confined(request['path'], WRITABLE)
        if self.path is None:
            raise OSError(errno.EPERM, 'outside of the home', request['path'])
        self.draft = f'{self.path}.{channel}.part'
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self.fd = os.open(self.draft, flags, 0o600)
        os.fchmod(self.fd, request['mode'] & 0o777)

    def frame(self, kind, payload):
        try:
            if kind == DATA:
                view = memoryview(payload)
                while view:
                    view = view[os.write(self.fd, view):]
                work.send(CREDIT, self.channel, U32.pack(len(payload)))
                return
            channels.pop(self.channel, None)
            os.close(self.fd)
            if kind == END:
                os.replace(self.draft, self.path)
                work.send_json(DONE, self.channel, {})
            else:
                os.unlink(self.draft)
        except OSError as error:
            if channels.pop(self.channel, None):
                os.close(self.fd)
            os.unlink(self.draft)
            work.fail(self.channel, error)


def read_file(channel, request):
    path = confined(request['path'], READABLE)
    if path is None:
        work.fail(channel, 'leads out of the home', status='refused')
        return
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        work.fail(channel, error, status='missing')
        return
    except OSError as error:
        work.fail(channel, error, status='refused')
        return
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            work.fail(channel, 'is not a regular file', status='refused')
            return
        left = request['maxBytes']
        while left > 0:
            data = os.read(fd, min(CHUNK, left))
            if not data:
                break
            left -= len(data)
            work.send(DATA, channel, data)
        work.send_json(DONE, channel, {'truncated': left == 0 and os.read(fd, 1) != b''})
    finally:
        os.close(fd)


class Listener:
    def __init__(self, channel, request):
        self.channel = channel
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.setblocking(False)
        self.sock.bind(('127.0.0.1', request['port']))
        self.sock.listen(128)
        listeners.append(self)
        self.update()
        work.send_json(DONE, channel, {})

    def update(self):
        full = len(connections) >= CONNECTIONS
        loop.watch(self.sock.fileno(), 0 if full else IN, self.ready)

    def frame(self, kind, payload):
        """A listener is spoken to by nobody."""

    def ready(self, _):
        try:
            sock, _ = self.sock.accept()
        except OSError:
            return
        channel = next_agent_channel()
        work.send(ACCEPT, channel, U32.pack(self.channel))
        Connection(channel, sock)


def next_agent_channel():
    global next_connection
    channel = next_connection
    next_connection = AGENT_CHANNELS + (next_connection + 1) % AGENT_CHANNELS
    return channel


class Connecting:
    """The server reaches for a program inside; once that has answered, a connection takes the channel over."""

    def __init__(self, channel, request):
        if len(connections) >= CONNECTIONS:
            raise OSError(errno.EMFILE, 'too many connections')
        self.channel = channel
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setblocking(False)
        self.over = False
        error = self.sock.connect_ex(('127.0.0.1', request['port']))
        if error not in (0, errno.EINPROGRESS):
            raise OSError(error, os.strerror(error))
        connections.add(self)
        loop.watch(self.sock.fileno(), OUT, self.ready)
        loop.after(CONNECT_SECONDS, lambda: self.settle(errno.ETIMEDOUT))

    def frame(self, kind, payload):
        """The server says nothing before it has been answered."""

    def ready(self, _):
        self.settle(self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def settle(self, error):
        if self.over:
            return
        self.over = True
        connections.discard(self)
        loop.watch(self.sock.fileno(), 0, None)
        if error:
            channels.pop(self.channel, None)
            self.sock.close()
            work.fail(self.channel, os.strerror(error))
            return
        work.send_json(DONE, self.channel, {})
        Connection(self.channel, self.sock)


class Connection:
    """A connection between a program inside and the server; each way has a window of its own."""

    def __init__(self, channel, sock):
        self.channel = channel
        self.sock = sock
        self.fd = sock.fileno()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.credit = WINDOW
        self.heard_all = self.gone = False
        self.sink = Sink(self.channel, self.fd, self.update, self.said_all)
        channels[self.channel] = self
        connections.add(self)
        work.sources.add(self)
        self.update()
        refresh_listeners()

    def frame(self, kind, payload):
        if kind == DATA:
            self.sink.push(payload)
        elif kind == END:
            self.sink.end()
        elif kind == CREDIT:
            self.credit += U32.unpack(payload)[0]
            self.update()
        elif kind == RESET:
            self.drop()

    def update(self):
        if self.gone:
            return
        mask = 0
        if not self.heard_all and self.credit > 0 and not work.congested:
            mask = IN
        if self.sink.waiting:
            mask |= OUT
        loop.watch(self.fd, mask, self.ready)

    def ready(self, events):
        if events & OUT:
            self.sink.flush()
        if self.gone or not events & (IN | BROKEN):
            return
        if self.heard_all:
            self.fail()
            return
        if self.credit <= 0:
            return
        try:
            data = self.sock.recv(min(CHUNK, self.credit))
        except BlockingIOError:
            return
        except OSError:
            self.fail()
            return
        if data:
            self.credit -= len(data)
            work.send(DATA, self.channel, data)
            self.update()
            return
        self.heard_all = True
        work.send(END, self.channel)
        self.leave()

    def said_all(self):
        if self.sink.broken:
            self.fail()
            return
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.leave()

    def leave(self):
        if self.heard_all and self.sink.closed:
            self.drop()
        else:
            self.update()

    def fail(self):
        if not self.gone:
            work.send(RESET, self.channel)
            self.drop()

    def drop(self):
        if self.gone:
            return
        loop.watch(self.fd, 0, None)
        self.gone = self.sink.broken = self.sink.closed = True
        self.sock.close()
        work.sources.discard(self)
        connections.discard(self)
        channels.pop(self.channel, None)
        refresh_listeners()


def refresh_listeners():
    for listener in listeners:
        listener.update()


def on_terminals(kind, channel, payload):
    if kind == OPEN:
        try:
            ptys[channel] = Pty(channel, json.loads(payload))
        except OSError as error:
            terminals.fail(channel, error)
        return
    if kind == PING:
        terminals.send(PONG, channel)
        return
    pty = ptys.get(channel)
    if pty is None:
        return
    if kind == INPUT:
        pty.write(payload)
    elif kind == RESIZE:
        pty.resize(*struct.unpack('>HH', payload))
    elif kind in (PAUSE, RESUME):
        pty.pause(kind == PAUSE)
    elif kind == KILL:
        pty.kill(payload[0])


def on_work(kind, channel, payload):
    if kind in MAKERS:
        try:
            made = MAKERS[kind](channel, json.loads(payload))
            if made:
                channels[channel] = made
        except OSError as error:
            work.fail(channel, error)
        return
    target = channels.get(channel)
    if target:
        target.frame(kind, payload)


MAKERS = {EXEC: Exec, WRITE: Writing, READ: read_file, LISTEN: Listener, CONNECT: Connecting}
ptys, channels, connections, listeners = {}, {}, set(), []
next_connection = AGENT_CHANNELS

libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
loop = Loop()
terminals = Link(LINK_TERMINALS, on_terminals)
work = Link(LINK_WORK, on_work)
loop.run()
