import type { PtyExit } from './sandbox.ts';

/**
 * What a pty says, handed to its listeners in order: bytes, then the exit, once. While it is paused, or
 * nobody listens yet, it is held back; so nothing is lost and nothing comes out of turn.
 */
export class Delivery {
  readonly #heldLimit: number;
  #dataHandler: ((chunk: Uint8Array) => void) | null = null;
  #exitHandler: ((exit: PtyExit) => void) | null = null;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #paused = false;
  #exit: PtyExit | null = null;

  /** More than `heldLimit` bytes held back throw: whoever sends them ignores a pause. */
  constructor(heldLimit: number) {
    this.#heldLimit = heldLimit;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get over(): boolean {
    return this.#exit !== null;
  }

  data(chunk: Uint8Array): void {
    if (this.#dataHandler && !this.#paused && this.#held.length === 0) {
      this.#dataHandler(chunk);
      return;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > this.#heldLimit) throw new RangeError('the output of a paused pty goes on');
  }

  exit(exit: PtyExit): void {
    if (this.#exit) return;
    this.#exit = exit;
    this.#release();
  }

  onData(handler: (chunk: Uint8Array) => void): void {
    this.#dataHandler = handler;
    this.#release();
  }

  onExit(handler: (exit: PtyExit) => void): void {
    this.#exitHandler = handler;
    this.#release();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#release();
  }

  #release(): void {
    while (this.#dataHandler && !this.#paused) {
      const chunk = this.#held.shift();
      if (!chunk) break;
      this.#heldBytes -= chunk.length;
      this.#dataHandler(chunk);
    }
    if (!this.#exit || !this.#exitHandler || this.#held.length > 0) return;
    const handler = this.#exitHandler;
    this.#exitHandler = null;
    handler(this.#exit);
  }
}
