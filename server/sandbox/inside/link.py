"""Frames to and from the server."""


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
