/** A seat whose shells print what the simulation says, and the whole truth about them. */
import type { Clock } from '../../../server/lib/clock.ts';
import type { PtyExit } from '../../../server/sandbox/sandbox.ts';
import type { Seat } from '../../../server/seats/seat.ts';
import type { Opened, Seats } from '../../../server/seats/seats.ts';
import { ScriptedPty } from '../scripted-pty.ts';

/** Bytes that reached a shell, and what was true at that moment. */
export interface Written<Context> {
  readonly bytes: Buffer;
  readonly at: number;
  readonly context: Context;
}

/** All that a terminal ever printed, in whatever shells, with its sizes at their place. */
export class Truth {
  readonly chunks: Uint8Array[] = [];
  length = 0;
  /** `at`: bytes before it. */
  readonly sizes: { readonly at: number; readonly cols: number; readonly rows: number }[] = [];

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

export class RecordedPty<Context> extends ScriptedPty {
  readonly truth: Truth;
  readonly heard: Written<Context>[];
  readonly #clock: Clock;
  readonly #context: () => Context;
  #gone = false;

  constructor(truth: Truth, heard: Written<Context>[], clock: Clock, context: () => Context) {
    super();
    this.truth = truth;
    this.heard = heard;
    this.#clock = clock;
    this.#context = context;
  }

  override print(output: string | Uint8Array): void {
    if (!this.#gone) super.print(output);
  }

  override onData(handler: (chunk: Uint8Array) => void): void {
    super.onData((chunk) => {
      this.truth.chunks.push(chunk);
      this.truth.length += chunk.length;
      handler(chunk);
    });
  }

  override resize(cols: number, rows: number): void {
    super.resize(cols, rows);
    this.truth.sizes.push({ at: this.truth.length, cols, rows });
  }

  override write(bytes: Uint8Array): void {
    this.heard.push({ bytes: Buffer.from(bytes), at: this.#clock.now(), context: this.#context() });
  }

  override exit(exit: PtyExit): void {
    if (this.#gone) return;
    super.exit(exit);
    this.#gone = true;
  }

  override kill(): void {
    this.#clock.after(1, () => this.exit({ code: null, signal: 'SIGKILL' }));
  }
}

/** Of `Seats` a desk asks for a seat, of that a few things: these. */
export function scriptedSeats(
  open: () => ScriptedPty,
  ended: Promise<{ readonly reason: string }> = new Promise(() => undefined),
  flooded: () => void = () => undefined,
): Seats {
  const seat = {
    openPty: () => Promise.resolve(open()),
    setPerson: () => undefined,
    onSecret: () => () => undefined,
    onNews: () => () => undefined,
    onLimit: () => () => undefined,
    flooded,
    ended,
    endedFor: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const opened: Opened = { ok: true, seat: seat as unknown as Seat };
  return { open: () => Promise.resolve(opened) } as unknown as Seats;
}
