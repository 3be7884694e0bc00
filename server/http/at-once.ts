import type { ServerResponse } from 'node:http';

/** Answers that are under way, of one person and of all: each holds memory for as long as its reader takes. */
export class AtOnce {
  readonly #most: { readonly person: number; readonly overall: number };
  readonly #held = new Map<string, number>();
  #all = 0;

  constructor(most: { readonly person: number; readonly overall: number }) {
    this.#most = most;
  }

  /** False when there are enough of them; else it counts until the answer is over. */
  begin(person: string, response: ServerResponse): boolean {
    const held = this.#held.get(person) ?? 0;
    if (held >= this.#most.person || this.#all >= this.#most.overall) return false;
    this.#held.set(person, held + 1);
    this.#all += 1;
    response.once('close', () => this.#end(person));
    return true;
  }

  #end(person: string): void {
    this.#all -= 1;
    const left = (this.#held.get(person) ?? 1) - 1;
    if (left > 0) this.#held.set(person, left);
    else this.#held.delete(person);
  }
}
