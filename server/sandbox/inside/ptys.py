"""Terminals."""


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
