"""Files to and from the home."""


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
