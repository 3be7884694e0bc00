/** Wrong codes, by address and overall. A right one counts for nothing: a whole class types it from the board. */

const WINDOW_MS = 60_000;
/** Looked at in the same moment; each could be wrong before the first is known to be. */
const AT_ONCE = 64;
/** Beyond so many addresses, those whose minute is over are forgotten. */
const ADDRESSES = 1000;
const EVERYBODY = 'everybody';

export interface GuessRates {
  /** Wrong ones a minute of one address, and of all together. */
  readonly perAddress: number;
  readonly overall: number;
}

export type Guess =
  | { readonly ok: true; end(right: boolean): void }
  | { readonly ok: false; readonly waitSeconds: number };

interface Count {
  wrong: number;
  pending: number;
  readonly since: number;
}

export class Guesses {
  readonly #rates: GuessRates;
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();

  constructor(rates: GuessRates, now: () => number = Date.now) {
    this.#rates = rates;
    this.#now = now;
  }

  /** Before a code is looked at; `end` when it is known whether it was right. */
  begin(address: string): Guess {
    if (this.#counts.size > ADDRESSES) this.#forget();
    const { perAddress, overall } = this.#rates;
    const bounds = [
      [this.#count(`address ${address}`), perAddress],
      [this.#count(EVERYBODY), overall],
    ] as const;
    for (const [{ wrong, pending, since }, most] of bounds) {
      if (wrong < most && pending < AT_ONCE) continue;
      return { ok: false, waitSeconds: Math.max(1, Math.ceil((since + WINDOW_MS - this.#now()) / 1000)) };
    }
    for (const [count] of bounds) count.pending += 1;
    return {
      ok: true,
      end(right) {
        for (const [count] of bounds) {
          count.pending -= 1;
          if (!right) count.wrong += 1;
        }
      },
    };
  }

  #count(key: string): Count {
    const known = this.#counts.get(key);
    if (known !== undefined && !this.#isOver(known)) return known;
    // What is under way when a minute ends counts in the one that it began in.
    const count = { wrong: 0, pending: 0, since: this.#now() };
    this.#counts.set(key, count);
    return count;
  }

  #isOver({ since }: Count): boolean {
    return this.#now() - since >= WINDOW_MS;
  }

  #forget(): void {
    for (const [key, count] of this.#counts) if (this.#isOver(count)) this.#counts.delete(key);
  }
}
