import { setTimeout as delay } from 'node:timers/promises';
import { processesWith } from '../../support/sandbox.ts';
import type { Attempt, ServerSide } from '../attempt.ts';

/** Programs that want to live longer than their seat. */

/** The end of a seat, however it comes (left, reset, lease over), is this. */
async function ends({ sandbox, said }: ServerSide): Promise<string | null> {
  const mark = /MARK (\S+)/.exec(said)?.[1] ?? '';
  const had = processesWith(mark);
  if (mark === '' || had.length === 0)
    return 'the program was not there before the end, so nothing was tried';
  await sandbox[Symbol.asyncDispose]();
  // A process that was killed needs a moment; one that survives has all the time.
  for (let look = 0; look < 100 && processesWith(mark).length > 0; look++) await delay(20);
  return processesWith(mark).length > 0 ? `${mark} lives on` : null;
}

/** A careless end: the terminal's session is hung up and told to end. */
const HANG_UP = `
mark = next(line for line in FACTS['said'].split('\\n') if line.startswith('MARK '))[5:]
for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
    tries(lambda: os.killpg(FACTS['pid'], number))
    time.sleep(0.1)
for path in glob.glob('/proc/[0-9]*/cmdline'):
    tries(lambda: mark.encode() in open(path, 'rb').read().split(b'\\0') and won(mark + ' lives on'))
`;

/** `how` calls stay(), which never comes back. */
const stays = (how: string): string => `
import secrets
mark = 'stay-' + secrets.token_hex(8)
print('MARK ' + mark, flush=True)
def stay():
    nothing = os.open('/dev/null', os.O_RDWR)
    for fd in range(3):
        os.dup2(nothing, fd)
    os.execv('/usr/bin/python3', ['python3', '-I', '-S', '-c', 'import signal, time\\nfor n in range(1, 32):\\n    try: signal.signal(n, signal.SIG_IGN)\\n    except (OSError, ValueError): pass\\nwhile True: time.sleep(9)', mark])
${how}
time.sleep(0.4)
`;

export const STAYING: readonly Attempt[] = [
  {
    id: 'daemon',
    says: 'Outlive the seat as a daemon: forked twice, in a session of its own.',
    walls: ['end of all'],
    proof: 'effect',
    alone: true,
    program: stays(`
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        stay()
    os._exit(0)
`),
    server: ends,
    careless: HANG_UP,
  },
  {
    id: 'stopped-daemon',
    says: 'Outlive the seat while stopped, when signals are only kept for later.',
    walls: ['end of all'],
    proof: 'effect',
    alone: true,
    program: stays(`
child_pid = os.fork()
if child_pid == 0:
    os.setsid()
    stay()
time.sleep(0.3)
os.kill(child_pid, signal.SIGSTOP)
`),
    server: ends,
    careless: HANG_UP,
  },
  {
    id: 'many-daemons',
    says: 'Outlive the seat by starting anew faster than one is ended.',
    walls: ['end of all', 'process limit'],
    proof: 'effect',
    alone: true,
    program: stays(`
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        stay()
    nothing = os.open('/dev/null', os.O_RDWR)
    for fd in range(3):
        os.dup2(nothing, fd)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            if os.fork():
                os._exit(0)
            os.setsid()
            time.sleep(0.002)
        except OSError:
            time.sleep(0.001)
    os._exit(0)
`),
    server: ends,
    careless: HANG_UP,
  },
];
