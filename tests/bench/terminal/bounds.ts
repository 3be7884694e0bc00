/** What TERMINAL.md asks of the figures, and whether it is met. */

export interface Bound {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Null: measured, and not bounded. */
  readonly most?: number;
  readonly least?: number;
}

export function row({ name, value, unit, most, least }: Bound): string {
  const bound = most === undefined ? (least === undefined ? '' : `≥ ${least}`) : `≤ ${rounded(most)}`;
  const met = value <= (most ?? value) && value >= (least ?? value);
  return [
    name.padEnd(34),
    `${rounded(value)} ${unit}`.padStart(14),
    bound.padStart(10),
    bound === '' ? '' : met ? '  met' : '  missed',
  ].join('');
}

function rounded(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 3 : 1);
}
