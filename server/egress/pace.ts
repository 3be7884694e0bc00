import { Transform, type TransformCallback } from 'node:stream';
import type { Clock } from '../lib/clock.ts';
import { BURST_MS, BYTES_PER_SECOND } from './limits.ts';

/** One direction's share of the line: a place in time that every byte moves on. */
class Lane {
  #freeAt = 0;

  /** Milliseconds until these bytes may go on. */
  take(bytes: number, now: number): number {
    // A clock that jumps back must not hold anybody up for long.
    const begin = Math.min(Math.max(this.#freeAt, now - BURST_MS), now + 1000);
    this.#freeAt = begin + (bytes * 1000) / BYTES_PER_SECOND;
    return Math.max(0, begin - now);
  }
}

/** How fast the bytes of one seat go out and come in, all its connections together. */
export class Pace {
  readonly #clock: Clock;
  readonly #lanes = { out: new Lane(), in: new Lane() };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Passes bytes on, counted and no faster than the seat may. */
  meter(way: 'out' | 'in', count: (bytes: number) => void): Transform {
    const lane = this.#lanes[way];
    const clock = this.#clock;
    let cancel: () => void = () => undefined;
    return new Transform({
      transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
        count(chunk.length);
        const wait = lane.take(chunk.length, clock.now());
        if (wait === 0) done(null, chunk);
        else cancel = clock.after(wait, () => done(null, chunk));
      },
      destroy(error, done) {
        cancel();
        done(error);
      },
    });
  }
}
