import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { wallClock } from '../../server/lib/clock.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { Person } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { Worker } from './load.ts';

const LAB = 'see-whats-running';
const ROUNDS = process.env.DOJOU_TEST_FULL ? 40 : 3;
const SEED = Number(process.env.DOJOU_TEST_SEED ?? Date.now() % 1_000_000);
const KINDS = ['home', 'answers', 'world'] as const;

let folder: string;
let labs: string;
let server: TestServer | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dojou-crash-'));
  labs = join(folder, 'labs');
  await cp(new URL('../../labs', import.meta.url), labs, { recursive: true });
  // The first lab only looks; here it may change what it sees.
  const file = join(labs, LAB, 'lab.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"ecs:Describe*"]', '"ecs:Describe*", "ecs:UpdateService"]'));
});
afterEach(async () => {
  await server?.stop('SIGKILL');
  await rm(folder, { recursive: true });
});

test(
  'CRASH-1 killed at any moment under load, the server has everything that it acknowledged: homes, answers, worlds, facts',
  async () => {
    const data = join(folder, 'data');
    // Shown when the test fails: the same seed kills after the same times.
    console.log(`DOJOU_TEST_SEED=${SEED}`);
    const lives = fc.sample(fc.integer({ min: 0, max: 1000 }), { numRuns: ROUNDS, seed: SEED });
    const workers: Worker[] = [];
    const env = { DOJOU_SEATS: '10', DOJOU_TEST_LABS: labs };
    server = await TestServer.start({ data, env });
    const port = new URL(server.origin).port;
    for (const kind of KINDS) {
      const person = await Person.named(server.origin, kind);
      const room = await person.start(LAB);
      const tab = await person.enter(room);
      await tab.prompt();
      workers.push(new Worker(person, room, tab));
    }
    for (const [round, ms] of lives.entries()) {
      const working = workers.map((worker, at) => worker.work(KINDS[at] ?? 'home'));
      const atWork = until(() => workers.every((worker) => worker.isAtWork), { ms: 60_000 });
      await Promise.race([atWork, ...working]); // work that fails is not waited for
      await delay(ms); // the moment is what is tried, not waited for
      await server.stop('SIGKILL');
      await Promise.all(working);
      await checkStore(data, workers, `round ${round}, ${ms} ms`);
      server = await TestServer.start({ data, env: { ...env, DOJOU_PORT: port } });
      for (const worker of workers) await comeBack(worker, `round ${round}, ${ms} ms`);
    }
    expect(workers[0]?.home.told).toBeGreaterThan(0);
    expect(workers[1]?.answer.told).not.toBe('');
    expect(workers[2]?.world.told.length).toBeGreaterThan(0);
  },
  60_000 + ROUNDS * 60_000,
);

/** What is on the disk, before another server has touched it. */
async function checkStore(data: string, workers: readonly Worker[], when: string): Promise<void> {
  await using store = await openSqliteStore({ folder: data, clock: wallClock, log: silentLog });
  for (const worker of workers) {
    const state = await store.rooms.get(worker.room);
    if (state === null) throw new Error(`${when}: a room is gone`);
    // What people saw happen had been stored before.
    expect(state.seq, when).toBeGreaterThanOrEqual(worker.tab.room.seq);
    await checkFacts(store, worker, when);
    checkWorld(await store.worlds.read(state.attempt), worker, when);
  }
}

async function checkFacts(store: Store, { room, tab }: Worker, when: string): Promise<void> {
  const facts = await store.facts.ofRoom(room);
  const passed = Object.entries(tab.room.tasks).filter(([, { report }]) => report.status === 'pass');
  for (const [task] of passed) {
    const proofs = facts.filter(({ kind, detail }) => kind === 'check' && detail.task === task);
    expect(proofs, `${when}: ${task}`).toHaveLength(1);
  }
}

/** Each change that was answered is there, in order, once; those beside them go on in the same row. */
function checkWorld(
  entries: readonly Readonly<Record<string, unknown>>[],
  worker: Worker,
  when: string,
): void {
  const { told } = worker.world;
  const changes = entries.filter(({ op }) => op === 'ecs:UpdateService');
  const counts = changes.map(({ desired }) => Number(desired));
  // Counted up and round by the one who asked: what is missing or doubled breaks the row.
  expect(counts, when).toEqual(counts.map((_, n) => (n % 7) + 1));
  expect(told, when).toEqual(told.map((_, n) => (n % 7) + 1));
  expect(counts.length, when).toBeGreaterThanOrEqual(told.length);
  // From here on it counts as done: the world has it. How many more there are is no fault: the program does
  // not wait for its output, which dies on its way together with the server.
  told.push(...counts.slice(told.length));
}

/** What the person finds in the next life of the server. */
async function comeBack(worker: Worker, when: string): Promise<void> {
  const { person, room, home, answer } = worker;
  const tab = await person.enter(room);
  await tab.prompt();
  worker.tab = tab;
  expect([answer.told, answer.asked], when).toContain(tab.attempt.answers.service ?? '');
  answer.told = tab.attempt.answers.service ?? '';
  const kept = tab.seat.points.map(({ id }) => id);
  expect(kept, when).toEqual(expect.arrayContaining(worker.points.slice(0, kept.length)));
  if (home.told === 0) return;
  const said = await tab.run('echo "pair $(cat one) $(cat two)"; sha256sum -c sum');
  const [, one, two] = /pair (\d+) (\d+)/.exec(said.split('\x1b]133;C').at(-1) ?? '') ?? [];
  expect(one, when).toBe(two);
  expect(Number(one), when).toBeGreaterThanOrEqual(home.told);
  expect(Number(one), when).toBeLessThanOrEqual(home.asked);
  expect(said, when).toContain('blob: OK');
}
