"""Programs with pipes instead of a terminal."""


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
