import type { SeatView } from '#protocol/seat.ts';

/** What the parts of a seat have to say of themselves, for whoever shows it. */
export class SeatNews {
  #known: Partial<SeatView> = {};
  readonly #listeners = new Set<(part: Partial<SeatView>) => void>();
  readonly #readers = new Set<(words: string) => void>();

  tell(part: Partial<SeatView>): void {
    this.#known = { ...this.#known, ...part };
    for (const listener of this.#listeners) listener(part);
  }

  /** Hears what is known at once, then each change. */
  on(listener: (part: Partial<SeatView>) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#known);
    return () => this.#listeners.delete(listener);
  }

  /** Words that belong into the terminals. */
  say(words: string): void {
    for (const reader of [...this.#readers]) reader(words);
  }

  onWords(reader: (words: string) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }
}
