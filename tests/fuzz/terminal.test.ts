/**
 * Rooms in which everything happens at once: joins, drops, stalls, hand-overs, resizes, late and repeated
 * packets. Each scenario is drawn from one seed; a seed that failed once is kept in seeds.json.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { wallClock } from '../../server/lib/clock.ts';
import { silentLog } from '../../server/lib/log.ts';
import { createMirrors } from '../../server/terminals/mirror.ts';
import { Simulation } from '../support/simulation/run.ts';
import { type Scenario, scenario } from '../support/simulation/scenario.ts';
import { judge } from '../support/simulation/verdict.ts';

const kept: readonly number[] = JSON.parse(readFileSync(new URL('seeds.json', import.meta.url), 'utf8'));
const FULL = process.env.DOJOU_TEST_FULL === '1';
const only = process.env.DOJOU_FUZZ_SEED;
const COUNT = FULL ? 1000 : 100;
/** The same in each `npm test`, so that nobody is stopped by what they did not do; others in each full run. */
const FIRST = FULL ? Date.now() % 1_000_000_000 : 1;

const mirrors = createMirrors({ clock: wallClock, log: silentLog });
afterAll(() => mirrors[Symbol.asyncDispose]());

async function holds({ clients, happenings }: Scenario): Promise<void> {
  await using simulation = new Simulation({ clients, happenings }, mirrors);
  await simulation.play(happenings);
  await judge(simulation);
}

/** Throws with the smallest scenario that fails, and says how to see it again. */
async function run(seed: number): Promise<void> {
  const details = await fc.check(fc.asyncProperty(scenario, holds), { seed, numRuns: 1 });
  if (!details.failed) return;
  const again = `DOJOU_FUZZ_SEED=${seed} npx vitest run tests/fuzz/terminal.test.ts`;
  throw new Error(
    `scenario ${seed} fails; again: ${again} (keep it in tests/fuzz/seeds.json)\n${fc.defaultReportMessage(details) ?? ''}`,
    { cause: details.errorInstance },
  );
}

const seeds = only === undefined ? Array.from({ length: COUNT }, (_, n) => FIRST + n) : [Number(only)];

describe('a room in which everything happens', () => {
  it.skipIf(only !== undefined)(
    'TERM-19 holds for the seeds that failed once',
    { timeout: 300_000 },
    async () => {
      for (const seed of kept) await run(seed);
    },
  );

  it(`TERM-19 holds for ${seeds.length} scenarios from seed ${seeds[0]} on`, {
    timeout: 1_800_000,
  }, async () => {
    for (const seed of seeds) await run(seed);
    expect(seeds.length).toBeGreaterThan(0);
  });
});
