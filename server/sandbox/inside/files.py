"""The files of a home, for the pane beside the terminal: one request on stdin, one answer on stdout.

It runs as the learner, for one operation, and holds no right that the learner's shell lacks. It goes down
from the home folder by folder without following a link, opens nothing but regular files and folders, and
never waits for a pipe. file-program.ts speaks with it: words of a request and of an answer are ASCII, and
names are hexadecimal, since they may be any bytes.
"""
import errno
import os
import stat
import sys
import time

CHUNK = 1024 * 1024
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
RENAME_EXCHANGE = 2
# What is still on its way; file-program.ts gives it the rest of its name.
UNFINISHED = '.dojou-upload-'
LEFT_SECONDS = 3600

WORDS = {
    errno.ENOENT: 'missing',
    errno.ENOTDIR: 'kind',
    errno.EISDIR: 'kind',
    errno.ELOOP: 'kind',
    errno.ENXIO: 'kind',
    errno.EACCES: 'denied',
    errno.EPERM: 'denied',
    errno.EROFS: 'denied',
    errno.EEXIST: 'exists',
    errno.ENOTEMPTY: 'exists',
    errno.ENOSPC: 'full',
    errno.EDQUOT: 'full',
    errno.EFBIG: 'full',
    errno.ENAMETOOLONG: 'name',
    errno.EINVAL: 'name',
    errno.EXDEV: 'name',
}


class Refused(Exception):
    """One word of WORDS, or `changed`."""


def names_of(path):
    return [bytes.fromhex(name) for name in path.split('/')[1:]]


def open_folder(names):
    """The folder that these names lead to; each is opened in the one before, so nothing can be swapped under way."""
    fd = os.open(os.environ['HOME'], DIRECTORY)
    for name in names:
        below = os.open(name, DIRECTORY, dir_fd=fd)
        os.close(fd)
        fd = below
    return fd


def open_parent(path):
    *folders, name = names_of(path)
    return open_folder(folders), name


def look(folder, name):
    """None when there is nothing of this name."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def version(info):
    return f'{info.st_mtime_ns:x}-{info.st_size:x}-{info.st_ino:x}'


def kind(mode):
    if stat.S_ISREG(mode):
        return 'file'
    if stat.S_ISDIR(mode):
        return 'folder'
    return 'link' if stat.S_ISLNK(mode) else 'other'


def regular(info):
    if not stat.S_ISREG(info.st_mode):
        raise Refused('kind')
    return info


def answer(*words):
    os.write(1, (' '.join(map(str, words)) + '\n').encode())


def list_folder(path, most):
    folder = open_folder(names_of(path))
    lines = []
    more = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(UNFINISHED):
                drop_if_left(folder, entry.name)
                continue
            if len(lines) == int(most):
                more = 1
                break
            try:
                info = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            name = os.fsencode(entry.name).hex()
            lines.append(f'{kind(info.st_mode)} {info.st_size} {info.st_mtime_ns // 1000000} {version(info)} {name}\n')
    answer('ok', more, len(lines))
    send(''.join(lines).encode())


def read_file(path, offset, length):
    folder, name = open_parent(path)
    # A pipe is not even opened: that alone would wake up whoever waits to write into it.
    regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
    fd = os.open(name, os.O_RDONLY | FILE, dir_fd=folder)
    info = regular(os.fstat(fd))
    offset, length = int(offset), int(length)
    pieces = []
    while length > 0:
        piece = os.pread(fd, min(length, CHUNK), offset)
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    answer('ok', version(info), info.st_size)
    send(b''.join(pieces))


def send(data):
    left = memoryview(data)
    while left:
        left = left[os.write(1, left):]


def must_be(info, expected):
    """The file that somebody means to replace is the one that they have seen; `new`: there is none."""
    if expected == 'new':
        if info is not None:
            raise Refused('exists')
        return
    if info is None:
        raise Refused('changed')
    if version(regular(info)) != expected:
        raise Refused('changed')


def put_piece(path, temporary, offset, last, expected):
    """A piece of a new content, kept beside the file until the last one has come."""
    folder, name = open_parent(path)
    temporary = temporary.encode()
    target = look(folder, name)
    must_be(target, expected)
    if target and not os.access(name, os.W_OK, dir_fd=folder):
        raise Refused('denied')
    create = os.O_CREAT | os.O_EXCL if offset == '0' else 0
    fd = os.open(temporary, os.O_WRONLY | create | FILE, 0o600, dir_fd=folder)
    try:
        if regular(os.fstat(fd)).st_size != int(offset):
            raise Refused('changed')
        os.lseek(fd, int(offset), os.SEEK_SET)
        while piece := sys.stdin.buffer.read(CHUNK):
            left = memoryview(piece)
            while left:
                left = left[os.write(fd, left):]
        if last == 'more':
            answer('ok', '-')
            return
        os.fchmod(fd, stat.S_IMODE(target.st_mode) if target else 0o644)
        os.fsync(fd)
        put_in_place(folder, name, temporary, expected)
        answer('ok', version(os.fstat(fd)))
    except BaseException:
        drop(folder, temporary)
        raise


def put_in_place(folder, name, temporary, expected):
    if expected == 'new':
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        os.unlink(temporary, dir_fd=folder)
        return
    # What lies there now changes places with ours and is looked at once more: a program that wrote it in
    # this very moment has it back.
    if not exchange(folder, temporary, name):
        # A file system that cannot: the file was looked at a moment ago, and is replaced as an editor does it.
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        return
    try:
        must_be(look(folder, temporary), expected)
    except BaseException:
        exchange(folder, temporary, name)
        raise
    os.unlink(temporary, dir_fd=folder)


def exchange(folder, one, other):
    """False where the file system does not know how."""
    import ctypes  # here, since only a save needs it, and a listing is made every other second

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(folder, one, folder, other, RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code not in (errno.ENOSYS, errno.EINVAL):
        raise OSError(code, os.strerror(code))
    return False


def drop(folder, temporary):
    try:
        os.unlink(temporary, dir_fd=folder)
    except OSError:
        pass


def drop_if_left(folder, name):
    """What a server that was killed has left half sent; nothing else is still on its way after so long."""
    info = look(folder, name)
    if info and stat.S_ISREG(info.st_mode) and info.st_mtime < time.time() - LEFT_SECONDS:
        drop(folder, name)


def drop_piece(path, temporary):
    folder, _ = open_parent(path)
    drop(folder, temporary.encode())
    answer('ok')


def make_folder(path):
    folder, name = open_parent(path)
    os.mkdir(name, 0o755, dir_fd=folder)
    answer('ok')


def move(path, to):
    """Never over something: a file gets its second name before it loses the first."""
    folder, name = open_parent(path)
    other, new = open_parent(to)
    info = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISDIR(info.st_mode):
        if look(other, new) is not None:
            raise Refused('exists')
        os.rename(name, new, src_dir_fd=folder, dst_dir_fd=other)
    else:
        os.link(name, new, src_dir_fd=folder, dst_dir_fd=other, follow_symlinks=False)
        os.unlink(name, dir_fd=folder)
    answer('ok')


def remove(path):
    folder, name = open_parent(path)
    info = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISDIR(info.st_mode):
        os.unlink(name, dir_fd=folder)
    else:
        # However deep it is; rm keeps to this folder and follows no link.
        os.fchdir(folder)
        null = os.open('/dev/null', os.O_RDWR)
        quiet = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
        argv = [b'rm', b'-rf', b'--one-file-system', b'--', b'./' + name]
        os.waitpid(os.posix_spawn('/bin/rm', argv, {}, file_actions=quiet), 0)
        if look(folder, name) is not None:
            raise Refused('denied')
    answer('ok')


OPERATIONS = {
    'list': list_folder,
    'read': read_file,
    'put': put_piece,
    'drop': drop_piece,
    'folder': make_folder,
    'move': move,
    'remove': remove,
}


def main():
    operation, *words = sys.stdin.buffer.readline().decode('ascii').split()
    try:
        OPERATIONS[operation](*words)
    except Refused as refused:
        answer('no', refused)
    except OSError as error:
        answer('no', WORDS.get(error.errno, 'failed'))


main()
