/** How far the divider between text and terminal may go. */
const LEAST = 25;
const MOST = 75;

/** Percent of the width for the text, within what both sides can live with. */
export function boundedShare(percent: number): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, percent)) * 10) / 10;
}
