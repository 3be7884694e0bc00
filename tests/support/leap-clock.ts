import { type Clock, wallClock } from '../../server/lib/clock.ts';

/** From here on a test decides; below, work among real processes goes on at its own pace. */
const LONG_MS = 1000;

/** Wall time for everything that takes moments; minutes pass only when a test leaps over them. */
export class LeapClock implements Clock {
  #leapt = 0;
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>();

  now(): number {
    return wallClock.now() + this.#leapt;
  }

  after(ms: number, task: () => void): () => void {
    if (ms < LONG_MS) return wallClock.after(ms, task);
    const timer = { at: this.now() + ms, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Runs what falls due, in order, each at its own time. */
  leap(ms: number): void {
    const end = this.now() + ms;
    for (;;) {
      const [due] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#leapt += Math.max(0, due.at - this.now());
      due.task();
    }
    this.#leapt += Math.max(0, end - this.now());
  }
}
