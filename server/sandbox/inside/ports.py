"""Connections between programs inside and the server, whichever side has opened them."""


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
            sock = accept(self.sock)
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
