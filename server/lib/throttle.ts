import type { Clock } from './clock.ts';

/** Runs a task at once when it was asked for, and then at most every `everyMs`: the latest state counts. */
export class Throttle implements Disposable {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #task: () => void;
  #ranAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, everyMs: number, task: () => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#task = task;
  }

  ask(): void {
    if (this.#cancel !== null) return;
    const rest = this.#ranAt + this.#everyMs - this.#clock.now();
    if (rest <= 0) this.#run();
    else this.#cancel = this.#clock.after(Math.min(rest, this.#everyMs), () => this.#run()); // clocks jump
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #run(): void {
    this.#cancel = null;
    this.#ranAt = this.#clock.now();
    this.#task();
  }
}
