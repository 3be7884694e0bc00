/**
 * The last bytes of a terminal, addressed by absolute offset: what a dropped connection resumes from.
 * Grows to its capacity only when there is that much output; an idle shell costs little.
 */
const INITIAL_BYTES = 64 * 1024;

export class Scrollback {
  readonly #capacity: number;
  #buffer: Uint8Array;
  #end: number;
  #length = 0;

  /** `base`: the absolute offset of the first byte that will ever be appended. */
  constructor(capacity: number, base: number) {
    this.#capacity = capacity;
    this.#buffer = new Uint8Array(Math.min(INITIAL_BYTES, capacity));
    this.#end = base;
  }

  /** Offset after the last byte. */
  get end(): number {
    return this.#end;
  }

  /** Offset of the oldest byte that is still here. */
  get start(): number {
    return this.#end - this.#length;
  }

  append(chunk: Uint8Array): void {
    const kept = chunk.length > this.#capacity ? chunk.subarray(chunk.length - this.#capacity) : chunk;
    this.#grow(this.#length + kept.length);
    const size = this.#buffer.length;
    // A byte at absolute offset o lives at o mod size, so that no index has to be moved.
    const at = (this.#end + chunk.length - kept.length) % size;
    const first = size - at;
    // An echo is one byte, in a path that is cold: it seldom meets the end, and needs no views.
    if (kept.length <= first) this.#buffer.set(kept, at);
    else {
      this.#buffer.set(kept.subarray(0, first), at);
      this.#buffer.set(kept.subarray(first), 0);
    }
    this.#end += chunk.length;
    this.#length = Math.min(size, this.#length + kept.length);
  }

  /** Copies at most `most` bytes from `from` on into `target` at `at`; returns how many. */
  copy(from: number, most: number, target: Uint8Array, at: number): number {
    if (from < this.start || from > this.#end)
      throw new RangeError(`offset ${from} is not in the scrollback`);
    const count = Math.min(most, this.#end - from, target.length - at);
    const size = this.#buffer.length;
    const begin = from % size;
    const first = Math.min(count, size - begin);
    target.set(this.#buffer.subarray(begin, begin + first), at);
    if (count > first) target.set(this.#buffer.subarray(0, count - first), at + first);
    return count;
  }

  #grow(needed: number): void {
    if (needed <= this.#buffer.length || this.#buffer.length === this.#capacity) return;
    let size = this.#buffer.length;
    while (size < needed && size < this.#capacity) size = Math.min(size * 2, this.#capacity);
    const kept = new Uint8Array(this.#length);
    this.copy(this.start, this.#length, kept, 0);
    this.#buffer = new Uint8Array(size);
    const at = this.start % size;
    const first = Math.min(kept.length, size - at);
    this.#buffer.set(kept.subarray(0, first), at);
    this.#buffer.set(kept.subarray(first), 0);
  }
}
