"""Bytes from the server, no faster than somebody takes them."""


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
