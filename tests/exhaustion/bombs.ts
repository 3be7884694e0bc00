/** What a learner can do to a machine, by curiosity or by a mistake: each as one line for a shell. */

export interface Bomb {
  readonly name: string;
  /** What shows that it went to the bound, and was stopped there. */
  readonly stopped: RegExp;
  readonly line: string;
  /**
   * Files without number take memory that only their end gives back, and what would end them is killed
   * for want of memory: the seat has to begin again.
   */
  readonly lasting?: true;
}

/** Python without quotes to escape. */
function python(program: string): string {
  const text = Buffer.from(program).toString('base64');
  return `echo ${text} | base64 -d | python3 -`;
}

/** Does it until the system says no. */
const untilRefused = (setUp: string, again: string): string =>
  python(`
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
kept, n = [], 0
${setUp}
try:
    while True:
        ${again.trim().split('\n').join('\n        ')}
        n += 1
except (OSError, MemoryError) as error:
    print(n, error)
`);

/** The kernel ended it, or refused the next one with an error that says why. */
const REFUSED =
  /Killed|no more|Cannot allocate memory|Too many open files|No space left|temporarily unavailable/;
const TIMED_OUT = /status 124/;

export const BOMBS: readonly Bomb[] = [
  { name: 'memory', stopped: REFUSED, line: 'tail /dev/zero' },
  {
    name: 'memory in eight programs',
    stopped: REFUSED,
    line: 'for i in 1 2 3 4 5 6 7 8; do tail /dev/zero & done; wait',
  },
  {
    name: 'a full home, /tmp and shared memory',
    stopped: REFUSED,
    line: 'for d in ~ /tmp /dev/shm; do cat /dev/zero >$d/full; done; rm -f ~/full /tmp/full /dev/shm/full',
  },
  {
    name: 'empty files without number',
    lasting: true,
    stopped: REFUSED,
    line: untilRefused("os.mkdir('/tmp/many')", "os.close(os.open('/tmp/many/%d' % n, os.O_CREAT))"),
  },
  {
    name: 'links without number',
    lasting: true,
    stopped: REFUSED,
    line: untilRefused(
      "os.mkdir('/dev/shm/links')\nopen('/dev/shm/links/a', 'w')",
      "os.link('/dev/shm/links/a', '/dev/shm/links/' + str(n).zfill(200))",
    ),
  },
  {
    name: 'folders in folders without end',
    lasting: true,
    stopped: REFUSED,
    line: untilRefused("os.chdir('/tmp')", "os.mkdir('d')\nos.chdir('d')"),
  },
  {
    name: 'open files',
    stopped: REFUSED,
    line: untilRefused('', "kept.append(os.open('/dev/null', os.O_RDONLY))"),
  },
  {
    name: 'full pipes',
    stopped: REFUSED,
    line: untilRefused(
      '',
      `r, w = os.pipe()
os.set_blocking(w, False)
try:
    while True: os.write(w, bytes(65536))
except BlockingIOError: pass`,
    ),
  },
  {
    name: 'socket buffers',
    stopped: REFUSED,
    line: untilRefused(
      '',
      `a, b = socket.socketpair()
kept += [a, b]
a.setblocking(False)
a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
try:
    while True: a.send(bytes(65536))
except BlockingIOError: pass`,
    ),
  },
  {
    name: 'connections on the loopback that nobody reads',
    stopped: REFUSED,
    line: untilRefused(
      "server = socket.socket()\nserver.bind(('127.0.0.1', 0))\nserver.listen(512)",
      `a = socket.create_connection(server.getsockname())
kept += [a, server.accept()[0]]
a.setblocking(False)
try:
    while True: a.send(bytes(65536))
except BlockingIOError: pass`,
    ),
  },
  {
    name: 'shared memory of System V',
    stopped: REFUSED,
    line: untilRefused(
      'libc.shmat.restype = ctypes.c_void_p',
      `id = libc.shmget(0, ctypes.c_size_t(1 << 20), 0o1600)
at = libc.shmat(id, None, 0)
if id < 0 or at in (None, 2 ** 64 - 1): raise OSError('no more')
ctypes.memset(at, 1, 1 << 20)
libc.shmdt(ctypes.c_void_p(at))`,
    ),
  },
  {
    name: 'message queues of System V',
    stopped: REFUSED,
    line: untilRefused(
      "message = ctypes.create_string_buffer(b'\\1' + bytes(7) + bytes(8192))",
      `id = libc.msgget(0, 0o1600)
if id < 0: raise OSError('no more')
while libc.msgsnd(id, message, 8192, 0o4000) == 0: pass`,
    ),
  },
  {
    name: 'message queues of POSIX',
    stopped: REFUSED,
    line: untilRefused(
      "rt = ctypes.CDLL('librt.so.1')",
      "if rt.mq_open(b'/q%d' % n, os.O_CREAT | os.O_RDWR, 0o600, None) < 0: raise OSError('no more')",
    ),
  },
  {
    name: 'memory without a name',
    stopped: REFUSED,
    line: untilRefused('', "kept.append(os.memfd_create('x'))\nos.write(kept[-1], bytes(1 << 20))"),
  },
  {
    name: 'watches of folders',
    lasting: true,
    stopped: REFUSED,
    line: untilRefused(
      "fd = libc.inotify_init()\nos.mkdir('/tmp/w')",
      `os.mkdir('/tmp/w/%d' % n)
if libc.inotify_add_watch(fd, b'/tmp/w/%d' % n, 0xfff) < 0: raise OSError('no more')`,
    ),
  },
  {
    name: 'timers',
    stopped: REFUSED,
    line: untilRefused(
      't = ctypes.c_void_p()',
      "if libc.timer_create(0, None, ctypes.byref(t)) < 0: raise OSError('no more')",
    ),
  },
  {
    name: 'a flood of output',
    stopped: TIMED_OUT,
    line: 'timeout 2 yes 0123456789012345678901234567890123456789',
  },
  {
    name: 'pages of files read and thrown away',
    stopped: TIMED_OUT,
    line: "timeout 2 sh -c 'while :; do cat /usr/bin/* >/dev/null 2>&1; done'",
  },
  {
    name: 'programs started one after another',
    stopped: TIMED_OUT,
    line: "timeout 2 bash -c 'while :; do /bin/true; done'",
  },
];

/** Prints how many MiB connections took in that nobody reads. */
export const UNREAD = python(`
import socket
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(512)
kept, total = [], 0
try:
    while True:
        a = socket.create_connection(server.getsockname())
        kept += [a, server.accept()[0]]
        a.setblocking(False)
        try:
            while True: total += a.send(bytes(65536))
        except BlockingIOError: pass
except OSError:
    print('took %d MiB' % (total >> 20))
`);

/** Cleans up what a bomb has left in its own seat. */
export const AFTER = 'rm -rf /tmp/* /dev/shm/*; ipcrm -a';

/** Ends by itself only when nothing can be started any more. */
export const FORK_BOMB = ':(){ :|:& };:';
