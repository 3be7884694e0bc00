/** Which terminal this page looks at: its own choice, or where the driver is. It knows neither page nor socket. */
import { signal } from '@preact/signals';

export class TerminalChoice {
  /** Where the driver is, as far as the server has said. */
  readonly front = signal(0);
  /** What this page wants instead; null follows the driver. */
  readonly chosen = signal<number | null>(null);
  /** Said to the server, and not yet come back from it. */
  #said: readonly number[] = [];

  choose(terminal: number): void {
    this.chosen.value = terminal;
  }

  /** The driver's choice is on its way to everybody; the server repeats none that it has already. */
  said(terminal: number): void {
    if (terminal !== (this.#said.at(-1) ?? this.front.peek())) this.#said = [...this.#said, terminal];
  }

  /** Late answers to older choices of mine change nothing; what somebody else chose, or opened, does. */
  frontMoved(front: number, driving: boolean): void {
    const before = this.front.peek();
    const mine = this.#said.indexOf(front);
    this.#said = mine === -1 ? [] : this.#said.slice(mine + 1);
    this.front.value = front;
    if (driving ? this.#said.length === 0 : this.chosen.peek() === before) this.follow();
  }

  /** The line is new: what was on its way may be lost. Gives the choice that nobody knows of. */
  unheard(): number | null {
    this.#said = [];
    const chosen = this.chosen.peek();
    return chosen === this.front.peek() ? null : chosen;
  }

  follow(): void {
    this.#said = [];
    this.chosen.value = null;
  }
}
