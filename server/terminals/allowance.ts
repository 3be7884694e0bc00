/** What a terminal may print while nobody needs it: so much at once, and so much again each minute. */
import { MIB, MINUTE } from '#protocol/limits.ts';

/** A build that prints all day, or a large file, and far below what a mirror parses in that time. */
const BYTES_PER_MINUTE = 64 * MIB;
/** It goes on when there is enough for a while: not to stop and go for each chunk. */
const ENOUGH_BYTES = 2 * MIB;

export class Allowance {
  #left = BYTES_PER_MINUTE;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  spend(bytes: number, now: number): void {
    this.#refill(now);
    this.#left -= bytes;
  }

  isSpent(now: number): boolean {
    this.#refill(now);
    return this.#left <= 0;
  }

  isEnough(now: number): boolean {
    this.#refill(now);
    return this.#left >= ENOUGH_BYTES;
  }

  #refill(now: number): void {
    const earned = (Math.max(0, now - this.#at) / MINUTE) * BYTES_PER_MINUTE;
    this.#left = Math.min(BYTES_PER_MINUTE, this.#left + earned);
    this.#at = now;
  }
}
