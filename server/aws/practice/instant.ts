/**
 * A moment in a world's own time, as answers carry it. The world's clock may have been moved ahead;
 * the wire tells every moment in the wall's time, so that history moves into the past and the world's
 * "now" is always the caller's.
 */
export class Instant {
  /** World time, ms since the epoch. */
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

/** The output with every moment written out; `ahead` is how far the world is ahead of the wall, ms. */
export function written(value: unknown, ahead: number, notation: 'json' | 'xml'): unknown {
  if (value instanceof Instant) return moment(value.at - ahead, notation);
  if (Array.isArray(value)) return value.map((item) => written(item, ahead, notation));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, written(item, ahead, notation)]),
  );
}

function moment(at: number, notation: 'json' | 'xml'): string | number {
  const wall = Math.round(at);
  // awsJson: seconds since the epoch, with milliseconds behind the point.
  return notation === 'json' ? wall / 1000 : `${new Date(wall).toISOString().slice(0, 19)}Z`;
}
