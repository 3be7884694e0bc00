import type { Attempt } from './attempt.ts';

/** What a run of an attempt left to be judged, inside a sandbox or inside the guard. */
export interface Run {
  readonly stdout: string;
  readonly effects: readonly string[];
}

/** The evidence of a success, or null. */
export function evidenceOf(attempt: Attempt, secret: string, { stdout, effects }: Run): string | null {
  const claims = stdout
    .split('\n')
    .filter((line) => line.startsWith('WON '))
    .map((line) => String(JSON.parse(line.slice('WON '.length))));
  if (attempt.proof === 'secret') return claims.find((claim) => claim.includes(secret)) ?? null;
  if (attempt.proof === 'effect') return claims.find((claim) => claim !== '') ?? null;
  // A server that is gone cannot say what has happened to its processes.
  return effects.find((effect) => effect === attempt.proof || effect === 'server gone') ?? null;
}

/** Why nobody can try it on this kernel, or null. */
export function lackingOf({ stdout }: Run): string | null {
  const line = stdout.split('\n').find((each) => each.startsWith('LACKING '));
  return line === undefined ? null : String(JSON.parse(line.slice('LACKING '.length)));
}

/** The program has begun at all; one that did not proves nothing. */
export function hasBegun({ stdout }: Run): boolean {
  return stdout.split('\n').includes('BEGUN');
}
