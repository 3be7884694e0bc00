/**
 * The saved points of one attempt: made when asked for, when a step is done, and before a reset. It
 * decides what is stored when; ending the seat and beginning again is its caller's.
 */
import type { ErrorCode } from '#protocol/errors.ts';
import type { SeatView } from '#protocol/seat.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { Queue } from '../lib/queue.ts';
import type { PointRecord, PointStore } from '../store/store.ts';

export interface LivesDeps {
  readonly attempt: string;
  readonly points: PointStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (part: Pick<SeatView, 'points'>) => void;
}

export class Lives {
  readonly #deps: LivesDeps;
  readonly #queue = new Queue();
  #points: readonly PointRecord[];
  #resetting = false;

  constructor(deps: LivesDeps, points: readonly PointRecord[]) {
    this.#deps = deps;
    this.#points = points;
  }

  /** Newest first. */
  get points(): readonly PointRecord[] {
    return this.#points;
  }

  /** `saveHome` puts the home that is in use on disk first. */
  save(why: 'asked' | 'step', step: string, saveHome: () => Promise<void>): Promise<ErrorCode | null> {
    const { attempt, points } = this.#deps;
    return this.#queue.run(async () => {
      try {
        await saveHome();
        this.#tell(await points.save(attempt, this.#point(why, step)));
        return null;
      } catch (error) {
        return this.#failed(error);
      }
    });
  }

  /**
   * Back to a point, or with null to the beginning. `around` ends what runs, calls what it is given, and
   * begins again with what is then stored.
   */
  async reset(
    to: string | null,
    step: string,
    around: (change: () => Promise<boolean>) => Promise<ErrorCode | null>,
  ): Promise<ErrorCode | null> {
    // Pressed twice, the second would make a way back to what the first has left: to nothing.
    if (this.#resetting) return 'resetting';
    this.#resetting = true;
    try {
      return await this.#queue.run(() => {
        // In the queue: a save before it may have pushed the point out.
        const gone = to !== null && !this.#points.some(({ id }) => id === to);
        return gone ? 'point-gone' : around(() => this.#restore(to, step));
      });
    } finally {
      this.#resetting = false;
    }
  }

  /** True once home and world are those of the point. */
  async #restore(to: string | null, step: string): Promise<boolean> {
    const { attempt, points } = this.#deps;
    try {
      this.#tell(await points.restore(attempt, to, this.#point('before-reset', step)));
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  #point(why: PointRecord['why'], step: string): PointRecord {
    return { id: newId(), at: this.#deps.clock.now(), why, step };
  }

  #tell(points: readonly PointRecord[]): void {
    this.#points = points;
    this.#deps.tell({ points });
  }

  #failed(error: unknown): ErrorCode {
    this.#deps.log.error({ err: error, attempt: this.#deps.attempt }, 'a saved point was not stored');
    return 'store-failed';
  }
}
