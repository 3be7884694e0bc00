/** The escape suite: every attempt in a sandbox, and again without its walls; what came of it, per host user. */
import { specOf } from '../support/sandbox.ts';
import type { Attempt, Need } from './attempt.ts';
import { AGENT } from './attempts/agent.ts';
import { CHECKER } from './attempts/checker.ts';
import { KERNEL } from './attempts/kernel.ts';
import { LIMITS } from './attempts/limits.ts';
import { NEIGHBOUR } from './attempts/neighbour.ts';
import { NETWORK } from './attempts/network.ts';
import { PROCESSES } from './attempts/processes.ts';
import { READING } from './attempts/reading.ts';
import { RESTORING } from './attempts/restoring.ts';
import { STAYING } from './attempts/staying.ts';
import { SYSTEM } from './attempts/system.ts';
import { WAY_OUT } from './attempts/way-out.ts';
import { type Control, control } from './control.ts';
import { limitsOf, type Tried } from './held.ts';
import { AS_ROOT } from './host.ts';
import { ALONE, type Wall } from './walls.ts';

export const ATTEMPTS: readonly Attempt[] = [
  ...READING,
  ...PROCESSES,
  ...SYSTEM,
  ...KERNEL,
  ...NETWORK,
  ...NEIGHBOUR,
  ...LIMITS,
  ...CHECKER,
  ...RESTORING,
  ...AGENT,
  ...STAYING,
  ...WAY_OUT,
];

export type Verdict =
  | { readonly is: 'held'; readonly control: string }
  | { readonly is: 'escaped'; readonly why: string }
  | { readonly is: 'unproven'; readonly why: string }
  | { readonly is: 'notApplicable'; readonly why: string };

export interface Result {
  readonly user: string;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** What tries the attempts: real sandboxes, or what a test of the suite puts in their place. */
export interface Walls {
  readonly limited: boolean;
  readonly lanes: number;
  try(attempt: Attempt): Promise<Tried>;
}

export interface Pair {
  readonly attempt: string;
  readonly wall: Wall;
}

/**
 * Each wall that an attempt lists, alone, around what succeeds with none: those pairs in which it does
 * not hold. For root, whose guard can put up all of them.
 */
export async function tryWallsAlone(
  facts: Readonly<Record<string, unknown>>,
): Promise<{ readonly tried: number; readonly weak: readonly Pair[] }> {
  const pairs = ATTEMPTS.filter(({ server }) => server === undefined).flatMap((attempt) =>
    attempt.walls.filter((wall) => ALONE.includes(wall)).map((wall) => ({ attempt, wall })),
  );
  const weak: Pair[] = [];
  await inLanes(LANES, pairs, async ({ attempt, wall }) => {
    const result = await control(attempt, { ...facts, limits: limitsFor(attempt, true) }, wall);
    // What did not begin was stopped by nothing.
    const begun = result.is === 'lacking' || (result.is === 'failed' && /BEGUN|refused/.test(result.output));
    if (!begun) weak.push({ attempt: attempt.id, wall });
  });
  return { tried: pairs.length, weak };
}

/** Guards at the same time: the cores of the smallest machine that runs this. */
const LANES = 2;

export async function runSuite(
  walls: Walls,
  facts: Readonly<Record<string, unknown>>,
  attempts: readonly Attempt[] = ATTEMPTS,
): Promise<Result> {
  const verdicts = new Map<string, Verdict>();
  await inLanes(walls.lanes, attempts, async (attempt) => {
    verdicts.set(attempt.id, await judge(attempt, walls, facts));
  });
  const inOrder = attempts.flatMap(({ id }) => {
    const verdict = verdicts.get(id);
    return verdict ? [[id, verdict] as const] : [];
  });
  return { user: AS_ROOT ? 'root' : `uid ${process.getuid?.()}`, verdicts: new Map(inOrder) };
}

async function judge(
  attempt: Attempt,
  walls: Walls,
  facts: Readonly<Record<string, unknown>>,
): Promise<Verdict> {
  const excused = excuse(attempt.needs ?? [], walls.limited);
  if (excused !== null) return { is: 'notApplicable', why: excused };
  const tried = await walls.try(attempt);
  if (tried.is === 'escaped') return { is: 'escaped', why: tried.evidence };
  if (tried.is === 'not begun') return { is: 'unproven', why: `the program did not begin: ${tried.output}` };
  return fromControl(
    attempt,
    await control(attempt, { ...facts, limits: limitsFor(attempt, walls.limited) }),
  );
}

function limitsFor(attempt: Attempt, limited: boolean): object {
  return limitsOf({ ...specOf(), ...(typeof attempt.alone === 'object' ? attempt.alone : {}) }, limited);
}

async function inLanes<T>(lanes: number, all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const lane = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function fromControl(attempt: Attempt, result: Control): Verdict {
  if (result.is === 'succeeded') return { is: 'held', control: result.evidence };
  if (result.is === 'lacking') return { is: 'notApplicable', why: result.reason };
  if (!AS_ROOT && attempt.needs?.includes('root on some hosts')) {
    return { is: 'notApplicable', why: 'this host lets nobody but root do it, with or without walls' };
  }
  return { is: 'unproven', why: `the control failed: ${result.output}` };
}

/** Why an attempt is none for this user on this host, or null. */
function excuse(needs: readonly Need[], limited: boolean): string | null {
  if (needs.includes('root') && !AS_ROOT) {
    return 'an ordinary user has no right of this kind that a wall could take away';
  }
  if (needs.includes('user per seat') && !AS_ROOT) {
    return 'without root all seats share the server’s user, and what the kernel counts per user';
  }
  if (needs.includes('control groups') && !limited) {
    return 'without control groups this is not bounded: `npm run doctor` says so';
  }
  return null;
}
