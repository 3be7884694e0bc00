/**
 * When to acknowledge: at parse time, cumulatively, once per ACK_EVERY_BYTES and once when the output
 * pauses. A callback per chunk would cost more than the parsing.
 */
export class AckMeter {
  readonly #every: number;
  #written = 0;
  #asked = 0;
  #acked = 0;

  constructor(every: number) {
    this.#every = every;
  }

  /** After a snapshot: everything before `offset` is done with, on both sides. */
  restart(offset: number): void {
    this.#written = offset;
    this.#asked = offset;
    this.#acked = offset;
  }

  /** Bytes up to `end` were handed to the terminal. True: ask it to call back for this write. */
  wrote(end: number): boolean {
    this.#written = end;
    if (end - this.#asked < this.#every) return false;
    this.#asked = end;
    return true;
  }

  /** The output pauses. True when something is still to be acknowledged: ask for a callback. */
  pause(): boolean {
    if (this.#asked === this.#written) return false;
    this.#asked = this.#written;
    return true;
  }

  /** The terminal parsed everything before `end`. The offset to send, or null when it was sent already. */
  parsed(end: number): number | null {
    if (end <= this.#acked) return null;
    this.#acked = end;
    return end;
  }
}
