import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wallClock } from '../../server/lib/clock.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import { until } from '../support/until.ts';

const ROUNDS = 10;
const SEED = Number(process.env.DOJOU_TEST_SEED ?? Date.now() % 1_000_000);
const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));

/** What the child said is stored. */
interface Acknowledged {
  readonly people: string[];
  readonly world: number[];
  readonly seqs: number[];
  readonly homes: number[];
  refused: string | null;
}

test('STORE-22 killed at any moment, the store has everything that it acknowledged, and no half of anything', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dojou-crash-'));
  const people = new Set<string>();
  // Shown when the test fails: the same seed kills after the same numbers of lines.
  console.log(`DOJOU_TEST_SEED=${SEED}`);
  const lives = fc.sample(fc.integer({ min: 20, max: 420 }), { numRuns: ROUNDS, seed: SEED });
  try {
    for (const [round, lines] of lives.entries()) {
      const said = await killedAfter(folder, lines);
      for (const id of said.people) people.add(id);

      // The lock went with the process: opening again needs no repair.
      await using store = await openSqliteStore({ folder, clock: wallClock, log: silentLog });
      for (const id of people) expect(await store.people.get(id), `round ${round}`).not.toBeNull();

      const [found] = await store.rooms.ofPerson('a'.repeat(16), 1);
      if (found === undefined) throw new Error('the child makes its room before it says anything');
      const { state } = found;
      const facts = await store.facts.ofRoom(state.id);
      // A room's number and its facts are one change: each has as many as the other.
      expect(facts.length, `round ${round}`).toBe(state.seq);
      expect(state.seq).toBeGreaterThanOrEqual(said.seqs.at(-1) ?? 0);

      const world = await store.worlds.read(state.attempt);
      expect(world.map(({ n }) => n)).toEqual(world.map((_, at) => at + 1));
      expect(world.length).toBeGreaterThanOrEqual(said.world.at(-1) ?? 0);

      const home = await store.attempts.home(state.attempt);
      expect(home?.at ?? 0).toBeGreaterThanOrEqual(said.homes.at(-1) ?? 0);
      if (home !== null) expect(new Set(home.tar)).toEqual(new Set([home.at % 251]));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(people.size).toBeGreaterThan(ROUNDS);
});

test('STORE-16 the lock of a server is refused to another process, and gone with kill -9', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dojou-crash-'));
  const first = start(folder);
  const firstSaid = listen(first);
  await until(() => firstSaid.people.length > 0);
  const second = start(folder);
  const secondSaid = listen(second);
  await until(() => secondSaid.refused !== null);
  expect(secondSaid.refused).toContain(`Another Dojou has the data folder open: ${folder}`);
  expect(secondSaid.people).toEqual([]);
  await kill(first);
  await (await openSqliteStore({ folder, clock: wallClock, log: silentLog }))[Symbol.asyncDispose]();
  await kill(second);
  await rm(folder, { recursive: true });
});

/** Lets a child write until it has said `lines` times that something is stored, and kills it in mid-work. */
async function killedAfter(folder: string, lines: number): Promise<Acknowledged> {
  const child = start(folder);
  const said = listen(child);
  await until(() => said.people.length + said.world.length + said.seqs.length + said.homes.length >= lines, {
    ms: 30_000,
  });
  await kill(child);
  return said;
}

function start(folder: string): ChildProcess {
  return spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function listen(child: ChildProcess): Acknowledged {
  const said: Acknowledged = { people: [], world: [], seqs: [], homes: [], refused: null };
  if (child.stdout === null) throw new Error('the child writes to a pipe');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [what, value = ''] = line.split('\t');
    if (what === 'person') said.people.push(value);
    if (what === 'world') said.world.push(Number(value));
    if (what === 'seq') said.seqs.push(Number(value));
    if (what === 'home') said.homes.push(Number(value));
    if (what === 'refused') said.refused = value;
  });
  return said;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // `close`: what it said last has been read.
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
