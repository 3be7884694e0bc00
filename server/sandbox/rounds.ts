/** A limit that was hit is told within this time. */
const EVERY_MS = 1000;

/** Looks at all sandboxes that live, every second, by one timer for all of them. */
export class Rounds {
  readonly #looks = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;

  add(look: () => void): () => void {
    this.#looks.add(look);
    this.#timer ??= setInterval(() => this.#go(), EVERY_MS).unref();
    return () => {
      this.#looks.delete(look);
      if (this.#looks.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  #go(): void {
    for (const look of [...this.#looks]) look();
  }
}
