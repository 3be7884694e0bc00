import type { Attempt } from '../attempt.ts';

/** Small, so that what exceeds it by half is still little. */
const SMALL = { memoryMiB: 96, pids: 32, homeMiB: 16 } as const;

const fill = (folder: string, size: string): string => `
import itertools
written = 0
try:
    with open('${folder}/full', 'wb', buffering=0) as file:
        while written < FACTS['limits']['${size}'] * MIB * 2:
            written += file.write(bytes(MIB // 2))
finally:
    if written > FACTS['limits']['${size}'] * MIB:
        won(f'{written} bytes')
    os.unlink('${folder}/full')
`;

/** More than a seat's share: a success is to have more than the limit, not to have ended anything. */
export const LIMITS: readonly Attempt[] = [
  {
    id: 'fork-bomb',
    says: 'Have more processes than the seat’s limit.',
    walls: ['process limit'],
    proof: 'effect',
    alone: SMALL,
    program: `
count = 0
try:
    while count < FACTS['limits']['pids'] + 40:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError as error:
    print('refused:', error)
if count > FACTS['limits']['pids'] + 3:
    won(f'{count} processes')
sys.stdout.flush()
os.killpg(0, signal.SIGKILL)
`,
  },
  {
    id: 'thread-bomb',
    says: 'Have more threads than the seat’s limit.',
    walls: ['process limit'],
    proof: 'effect',
    alone: SMALL,
    program: `
threading.stack_size(65536)
stop = threading.Event()
count = 0
try:
    while count < FACTS['limits']['pids'] + 40:
        threading.Thread(target=stop.wait, daemon=True).start()
        count += 1
except RuntimeError as error:
    print('refused:', error)
if count > FACTS['limits']['pids'] + 3:
    won(f'{count} threads')
stop.set()
`,
  },
  {
    id: 'memory-bomb',
    says: 'Use more memory than the seat’s limit in one program.',
    walls: ['memory limit'],
    proof: 'effect',
    alone: SMALL,
    program: `
want = FACTS['limits']['programMiB'] * 5 // 4
kept = [bytearray(b'x' * MIB) for _ in range(want)]
won(f'{len(kept)} MiB')
`,
  },
  {
    id: 'memory-bomb-of-many',
    says: 'Use more memory than the seat’s limit in many programs, each of them modest.',
    walls: ['memory limit'],
    proof: 'effect',
    needs: ['control groups'],
    alone: SMALL,
    program: `
reader, writer = os.pipe()
# All at the same time: none of them may have been killed for the next.
signal.signal(signal.SIGCHLD, lambda *_: os.killpg(0, signal.SIGKILL))
for _ in range(6):
    if os.fork() == 0:
        kept = [bytearray(b'x' * MIB) for _ in range(FACTS['limits']['memoryMiB'] // 4)]
        os.write(writer, b'.')
        time.sleep(3)
        os._exit(0)
os.close(writer)
have = 0
while os.read(reader, 1):
    have += 1
    if have == 6:
        won('six quarters of the memory')
`,
  },
  {
    id: 'nameless-memory',
    says: 'Hide memory in nameless files, which no process has mapped.',
    walls: ['memory limit'],
    proof: 'effect',
    needs: ['control groups'],
    alone: SMALL,
    program: `
fd = os.memfd_create('bomb')
written = 0
while written < FACTS['limits']['memoryMiB'] * MIB * 5 // 4:
    written += os.write(fd, bytes(MIB))
won(f'{written} bytes')
`,
  },
  {
    id: 'socket-memory',
    says: 'Hide memory in connections of the own loopback that nobody reads.',
    walls: ['memory limit'],
    proof: 'effect',
    needs: ['control groups'],
    alone: SMALL,
    program: `
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
listener = socket.create_server(('127.0.0.1', 0), backlog=100)
kept, held = [], 0
def fill(sock):
    have = 0
    sock.setblocking(False)
    try:
        while True:
            have += sock.send(bytes(65536))
    except OSError:
        return have
tries(lambda: [kept.append((socket.create_connection(listener.getsockname()), listener.accept()[0])) for _ in range(450)])
end = time.monotonic() + 6
grew = time.monotonic()
while time.monotonic() < min(end, grew + 1) and held < FACTS['limits']['memoryMiB'] * MIB * 3 // 2:
    more = sum(fill(sock) for pair in kept for sock in pair)
    held += more
    grew = time.monotonic() if more else grew
print('held:', held, flush=True)
if held > FACTS['limits']['memoryMiB'] * MIB * 3 // 2:
    won(f'{held // MIB} MiB in {len(kept)} connections')
`,
  },
  {
    id: 'inode-bomb',
    says: 'Use more of the kernel’s memory than the seat’s limit by empty files.',
    walls: ['memory limit'],
    proof: 'effect',
    needs: ['control groups'],
    alone: SMALL,
    seconds: 30,
    program: `
# A file costs the kernel about a KiB, whatever is in it.
count = 0
while count < FACTS['limits']['memoryMiB'] * 2048:
    os.close(os.open(f'/tmp/{count}', os.O_CREAT | os.O_WRONLY))
    count += 1
won(f'{count} files')
`,
  },
  {
    id: 'fill-the-home',
    says: 'Write more into the home than its size.',
    walls: ['sized file systems', 'memory limit'],
    proof: 'effect',
    alone: SMALL,
    program: fill('/home/learner', 'homeMiB'),
  },
  {
    id: 'fill-tmp',
    says: 'Write more into /tmp than an eighth of the memory.',
    walls: ['sized file systems', 'memory limit'],
    proof: 'effect',
    alone: SMALL,
    program: fill('/tmp', 'tmpMiB'),
  },
  {
    id: 'fill-shared-memory',
    says: 'Write more into /dev/shm than a sixteenth of the memory.',
    walls: ['sized file systems', 'memory limit'],
    proof: 'effect',
    alone: SMALL,
    program: fill('/dev/shm', 'shmMiB'),
  },
  {
    id: 'fill-other-places',
    says: 'Fill a place that is memory of the host and has no size: /dev, /run, /etc, the root.',
    walls: ['read-only system'],
    proof: 'effect',
    alone: SMALL,
    program: `
for folder in ('/', '/dev', '/run', '/var', '/etc', '/home', '/usr/local', '/dev/pts', '/mnt', '/opt'):
    tries(lambda: put(folder + '/full', 'x' * MIB))
`,
  },
  {
    id: 'descriptor-bomb',
    says: 'Have more open files than the limit.',
    walls: ['open files limit'],
    proof: 'effect',
    alone: SMALL,
    program: `
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
count = 0
try:
    while count < 1200:
        os.dup(0)
        count += 1
except OSError as error:
    print('refused:', error)
if count > 1024:
    won(f'{count} descriptors')
`,
  },
];
