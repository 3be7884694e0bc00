/**
 * A mirror keeps a terminal's screen on the server, so that who comes late gets the screen and not the
 * whole history. It lives in a worker: parsing 69 MB/s on the event loop would hold every keystroke.
 */
import { MINUTE } from '#protocol/limits.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Command, Snapshot } from './mirror-messages.ts';
import { MirrorThread } from './mirror-thread.ts';

export interface Mirror extends Disposable {
  write(chunk: Uint8Array): void;
  resize(cols: number, rows: number): void;
  snapshot(): Promise<Snapshot>;
  /** The last commands that were run, oldest first. */
  commands(): Promise<readonly Command[]>;
  /** Called when a command begins, and when it ends. */
  onCommand(handler: (command: Command) => void): void;
  /** Bytes given to it and not yet parsed. */
  readonly pending: number;
  /** Called when `pending` has become smaller. */
  onProgress(handler: () => void): void;
  /** The worker failed: this mirror is of no use any more, a new one can be opened. Called once. */
  onLost(handler: () => void): void;
}

export interface MirrorOptions {
  /** Whose it is. An owner whose output the worker did not survive gets none for a while. */
  readonly owner: object;
  /** The number that the next command gets. */
  readonly firstCommand: number;
  /** Absolute offset of the first byte that it will be given. */
  readonly base: number;
  readonly cols: number;
  readonly rows: number;
}

export interface Mirrors extends AsyncDisposable {
  /**
   * Null for a while when the worker failed at this owner's output, or too often by itself: late joiners then
   * get what the scrollback holds.
   */
  open(options: MirrorOptions): Mirror | null;
}

/** Output that kills the worker does so again when it is shown again, and stays for 2 MiB of output. */
const GUILTY_MS = 10 * MINUTE;
/** By itself: a few tries, then none for a while. */
const FAILURES = 3;
const FAILURES_WITHIN_MS = 10 * MINUTE;

export interface MirrorsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly script?: URL;
}

/** One worker for all terminals of this process, started again when it fails. */
export function createMirrors({
  clock,
  log,
  script = new URL('./mirror-worker.ts', import.meta.url),
}: MirrorsOptions): Mirrors {
  const failedAt = new WeakMap<object, number>();
  let failures: readonly number[] = [];
  let thread: MirrorThread | null = null;
  const recent = () => failures.filter((at) => clock.now() - at < FAILURES_WITHIN_MS).length;
  const start = () =>
    new MirrorThread(script, (error, guilty) => {
      log.warn({ err: error }, 'the mirror of the screens failed, and is started again');
      if (guilty === null) failures = [...failures.slice(1 - FAILURES), clock.now()];
      else failedAt.set(guilty, clock.now());
      thread = null;
    });
  thread = start();

  return {
    open(options) {
      if (clock.now() - (failedAt.get(options.owner) ?? Number.NEGATIVE_INFINITY) < GUILTY_MS) return null;
      if (thread === null && recent() >= FAILURES) return null;
      thread ??= start();
      return thread.open(options);
    },
    async [Symbol.asyncDispose]() {
      await thread?.end();
    },
  };
}
