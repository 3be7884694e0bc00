/** Which hints are due: pure, so that it can be proven. */
export interface Hint {
  readonly text: string;
  readonly afterFails: number | null;
  readonly afterMinutes: number | null;
}

/** How many of the hints are due by themselves. */
export function dueHints(hints: readonly Hint[], fails: number, minutes: number): number {
  const waiting = hints.findIndex(
    (hint) =>
      !(hint.afterFails !== null && fails >= hint.afterFails) &&
      !(hint.afterMinutes !== null && minutes >= hint.afterMinutes),
  );
  return waiting === -1 ? hints.length : waiting;
}
