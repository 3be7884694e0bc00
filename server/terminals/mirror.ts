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
  /** Absolute offset of the first byte that it will be given. */
  readonly base: number;
  readonly cols: number;
  readonly rows: number;
}

export interface Mirrors extends AsyncDisposable {
  /** Null once the worker has failed too often: late joiners then get what the scrollback holds. */
  open(options: MirrorOptions): Mirror | null;
}

/** Output that kills the worker does so again when it is shown again: a few tries, then none for a while. */
const FAILURES = 3;
const FAILURES_WITHIN_MS = 10 * MINUTE;

/** One worker for all terminals of this process, started again when it fails. */
export function createMirrors({ clock, log }: { readonly clock: Clock; readonly log: Log }): Mirrors {
  let failures: readonly number[] = [];
  let thread: MirrorThread | null = null;
  const recent = () => failures.filter((at) => clock.now() - at < FAILURES_WITHIN_MS).length;
  const start = () =>
    new MirrorThread((error) => {
      log.warn({ err: error }, 'the mirror of the screens failed, and is started again');
      failures = [...failures.slice(1 - FAILURES), clock.now()];
      thread = null;
    });
  thread = start();

  return {
    open(options) {
      if (thread === null && recent() >= FAILURES) return null;
      thread ??= start();
      return thread.open(options);
    },
    async [Symbol.asyncDispose]() {
      await thread?.end();
    },
  };
}
