/** An agent is given up 10 to 12.5 seconds after it fell silent: no honest one is busy for that long. */
const BEAT_MS = 2500;
/** Counted in beats, not by the clock: a server that was stopped itself has missed one, and hears the answer next. */
const MISSED_BEATS = 4;

/** Asks again and again whether somebody still answers, until they don't or it is stopped. */
export class Heartbeat {
  readonly #ask: () => void;
  readonly #onSilent: () => void;
  #timer: NodeJS.Timeout | null = null;
  #unanswered = 0;
  /** Asked, and the answer is not here yet. */
  #open = 0;

  constructor(ask: () => void, onSilent: () => void) {
    this.#ask = ask;
    this.#onSilent = onSilent;
  }

  start(): void {
    this.#askAgain();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  /** False when nothing was asked that is not answered already. */
  answered(): boolean {
    if (this.#open === 0) return false;
    this.#open -= 1;
    this.#unanswered = 0;
    return true;
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #askAgain(): void {
    this.#open += 1;
    this.#ask();
  }

  #beat(): void {
    this.#unanswered++;
    if (this.#unanswered <= MISSED_BEATS) {
      this.#askAgain();
      return;
    }
    this.stop();
    this.#onSilent();
  }
}
