import type { SandboxLimit } from './sandbox.ts';

/** A program that runs against a limit does so many times a second: one sentence is enough. */
const QUIET_MS = 10_000;

/** Tells that a limit was hit, each kind at most every ten seconds. */
export class LimitHits {
  readonly #now: () => number;
  readonly #listeners = new Set<(limit: SandboxLimit) => void>();
  readonly #toldAt = new Map<SandboxLimit, number>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  on(listener: (limit: SandboxLimit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hit(limit: SandboxLimit): void {
    const now = this.#now();
    if (now - (this.#toldAt.get(limit) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    this.#toldAt.set(limit, now);
    for (const listener of [...this.#listeners]) listener(limit);
  }
}
