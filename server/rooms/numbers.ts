import type { ErrorCode } from '#protocol/errors.ts';
import { SECOND, TERMINALS } from '#protocol/limits.ts';
import type { Clock } from '../lib/clock.ts';

export const FIRST = 1;
/** Two bytes of a frame. */
const LAST = 0xffff;
/** Each is a shell and a screen: so many are begun at most, whoever in the room asks. */
const EVERY_MS = SECOND / 2;

/** The numbers of a desk's terminals after the first: none comes again. */
export class Numbers {
  readonly #clock: Clock;
  #last = FIRST;
  #at = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Beside those that are open. */
  next(open: number): number | ErrorCode {
    if (open >= TERMINALS || this.#last >= LAST) return 'terminals-full';
    const now = this.#clock.now();
    if (Math.abs(now - this.#at) < EVERY_MS) return 'too-many'; // clocks jump
    this.#at = now;
    this.#last += 1;
    return this.#last;
  }
}
