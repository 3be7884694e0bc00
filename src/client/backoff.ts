/** Full jitter, 0.5 s × 2ⁿ, at most 10 s: a hundred tabs must not come back in the same instant. */
const FIRST_MS = 500;
const MOST_MS = 10_000;

/** `chance` lies in [0, 1). */
export function reconnectDelay(attempt: number, chance: number): number {
  return Math.round(chance * Math.min(MOST_MS, FIRST_MS * 2 ** attempt));
}
