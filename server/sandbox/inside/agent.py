"""Who gets which frame, and the beginning of it all."""


def disks():
    numbers = []
    for path in (HOME, '/tmp'):
        try:
            found = os.statvfs(path)
        except OSError:
            return b''
        numbers += (found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)
    return struct.pack('>4Q', *numbers)


def on_terminals(kind, channel, payload):
    if kind == OPEN:
        try:
            ptys[channel] = Pty(channel, json.loads(payload))
        except OSError as error:
            terminals.fail(channel, error)
        return
    if kind == PING:
        terminals.send(PONG, channel, disks())
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


MAKERS = {DRESS: dress, EXEC: Exec, WRITE: Writing, READ: read_file, LISTEN: Listener, CONNECT: Connecting}
ptys, channels, connections, listeners = {}, {}, set(), []
next_connection = AGENT_CHANNELS

prctl(PR_SET_DUMPABLE, 0)
loop = Loop()
terminals = Link(LINK_TERMINALS, on_terminals)
work = Link(LINK_WORK, on_work)
loop.run()
