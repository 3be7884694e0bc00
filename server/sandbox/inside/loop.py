"""What the agent waits for: descriptors, timers and children."""


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
