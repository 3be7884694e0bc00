/**
 * Who works next in the worker of the mirrors: each terminal in turn, for a few milliseconds, what it has to
 * do in its own order. It knows neither output nor screens.
 */

/** A late joiner waits so long for each terminal that is busy. */
const TURN_MS = 4;

/** Something that can be left at each `yield`, and gone on with. */
export type Work = Iterator<unknown, void>;

export class Turns {
  readonly #queues = new Map<number, Work[]>();
  readonly #now: () => number;
  readonly #onStep: (id: number) => void;

  /** `now`: milliseconds; `onStep`: work for this terminal begins or goes on. */
  constructor(now: () => number, onStep: (id: number) => void) {
    this.#now = now;
    this.#onStep = onStep;
  }

  get idle(): boolean {
    return this.#queues.size === 0;
  }

  add(id: number, work: Work): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) this.#queues.set(id, [work]);
    else queue.push(work);
  }

  /** What it still had to do is not wanted any more. */
  drop(id: number): void {
    this.#queues.delete(id);
  }

  /** The turn of the one that has waited longest. */
  turn(): void {
    const [next] = this.#queues;
    if (next === undefined) return;
    const [id, queue] = next;
    this.#queues.delete(id);
    const end = this.#now() + TURN_MS;
    for (let work = queue[0]; work !== undefined; work = queue[0]) {
      this.#onStep(id);
      if (work.next().done) queue.shift();
      if (this.#now() >= end) break;
    }
    if (queue.length > 0) this.#queues.set(id, queue);
  }
}
