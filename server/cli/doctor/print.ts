import type { Wall, WallState } from './wall.ts';

const MARKS: Readonly<Record<WallState, string>> = { stands: '○', weak: '△', missing: '×' };

/** Shells can run, and no wall that was asked for is missing. */
export const isSound = (walls: readonly Wall[]): boolean => walls.every(({ state }) => state !== 'missing');

/** For a person: a line per wall, and its remedy below where it does not stand. */
export function inLines(walls: readonly Wall[], driver: string): string {
  const verdict = isSound(walls)
    ? `○ シェルを動かせます / Shells can run (${driver})`
    : `× シェルを動かせません / Shells cannot run (${driver})`;
  const lines = walls.flatMap(({ state, says, remedy }, at) => [
    `${MARKS[state]} ${says.ja} / ${says.en}`,
    // Several in a row may have one remedy.
    ...(remedy === null || remedy.en === walls[at + 1]?.remedy?.en
      ? []
      : [`  → ${remedy.ja}`, `  → ${remedy.en}`]),
  ]);
  return [verdict, '', ...lines].join('\n');
}

/** For a machine: one line. */
export function inJson(walls: readonly Wall[], driver: string): string {
  return JSON.stringify({ ok: isSound(walls), driver, walls });
}
