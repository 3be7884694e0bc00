/**
 * Tells keys that the network held back from keys that were just pressed: they expire rather than fire
 * late into a prompt that has moved on. Each client's clock is off by something, so what counts is how
 * much longer a frame took than the quickest one of its connection.
 */
import { KEYS_EXPIRE_MS } from '#protocol/limits.ts';

/** Clocks drift: what was quickest becomes slower by 200 millionths. */
const DRIFT = 0.0002;
/** Late frames that took the same time, though they were sent long after one another: their clock was set. */
const SAME_MS = 500;

export class Lateness {
  #quickest: number | null = null;
  #heardAt = 0;
  #firstLate: { readonly sent: number; readonly took: number } | null = null;

  /** `sent`: the client's clock, ms modulo 2³². `now`: ours, ms. */
  isLate(sent: number, now: number): boolean {
    const took = wrapped(now - sent);
    const quickest = this.#quickest === null ? took : wrapped(this.#quickest + DRIFT * (now - this.#heardAt));
    const extra = wrapped(took - quickest);
    this.#quickest = extra < 0 ? took : quickest;
    this.#heardAt = now;
    if (extra <= KEYS_EXPIRE_MS) {
      this.#firstLate = null;
      return false;
    }
    const first = this.#firstLate;
    if (first === null || Math.abs(wrapped(took - first.took)) > SAME_MS) {
      this.#firstLate = { sent, took };
      return true;
    }
    if (wrapped(sent - first.sent) <= KEYS_EXPIRE_MS) return true;
    this.#quickest = took;
    this.#firstLate = null;
    return false;
  }
}

/** Modulo 2³², around zero. */
function wrapped(ms: number): number {
  const rest = ms % 2 ** 32;
  return rest >= 2 ** 31 ? rest - 2 ** 32 : rest < -(2 ** 31) ? rest + 2 ** 32 : rest;
}
