/** A key that repeats while it is held, and a tap that stays one tap. */

const REPEATS_AFTER_MS = 380;
const REPEATS_EVERY_MS = 55;

export class Hold {
  /** May change while it is held: what it does is then done by the newest. */
  send: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #repeated = false;

  /** Sends nothing yet: it may be the beginning of a swipe along the row. */
  down(): void {
    this.up();
    this.#repeated = false;
    this.#timer = setTimeout(() => this.#again(), REPEATS_AFTER_MS);
  }

  up(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The click that ends a tap, or comes from a keyboard; after repeats it is not one more. */
  click(): void {
    this.up();
    if (!this.#repeated) this.send();
    this.#repeated = false;
  }

  #again(): void {
    this.#repeated = true;
    this.send();
    this.#timer = setTimeout(() => this.#again(), REPEATS_EVERY_MS);
  }
}
