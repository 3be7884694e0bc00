import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ownerName } from '../../server/sandbox/owner.ts';
import { labWithServices } from '../support/lab-with-services.ts';
import {
  filesBelow,
  groupOf,
  groupsNamed,
  mounts,
  processesAbove,
  processesBelow,
  started,
  stillRunning,
} from '../support/left-behind.ts';
import { Person, type Tab } from '../support/person.ts';
import { processesWith, readIfAlive } from '../support/sandbox.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const LAB = 'see-whats-running';
/** All that a data folder may hold while a server runs on it. */
const KNOWN = /^(dojou\.db(-wal|-shm)?|lock\.db(-journal)?|homes|homes\/[0-9a-f]{64}\.tar\.zst)$/;
let marks = 0;

async function enter(server: TestServer, name: string): Promise<{ person: Person; room: string; tab: Tab }> {
  const person = await Person.named(server.origin, name);
  const room = await person.start(LAB);
  const tab = await person.enter(room);
  await tab.prompt();
  return { person, room, tab };
}

/** Starts a program in the seat that hangs on nothing, and finds it on the host. */
async function daemon(tab: Tab): Promise<number> {
  marks += 1;
  const mark = `${process.pid}${marks}${Date.now()}`;
  tab.type(`setsid nohup sleep ${mark} >/dev/null 2>&1 &\r`);
  return asleep(mark);
}

/** All companions of the seat answer. */
function healthy(tab: Tab): Promise<void> {
  return until(
    () => tab.seat.services.length === 3 && tab.seat.services.every(({ state }) => state === 'healthy'),
    {
      ms: 30_000,
      what: 'companions that answer',
    },
  );
}

describe('a server that was killed', () => {
  let folder: string;
  const servers: TestServer[] = [];
  const start = async (env: Readonly<Record<string, string>> = {}): Promise<TestServer> => {
    const server = await TestServer.start({ data: folder, env: { DOJOU_SEATS: '10', ...env } });
    servers.push(server);
    return server;
  };

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  test('TIDY-4 leaves no process, mount, control group or file behind once the next one has started', async () => {
    folder = await mkdtemp(join(tmpdir(), 'dojou-test-'));
    const mountsBefore = mounts();
    const first = await start();
    const seats = [await enter(first, '一人目'), await enter(first, '二人目')];
    for (const { tab } of seats) await daemon(tab);
    const processes = started(processesBelow(first.pid));
    expect(processes.length).toBeGreaterThan(8);
    const owner = ownerName(first.pid);
    await first.stop('SIGKILL');
    // What a crash in the middle of a save leaves.
    await writeFile(join(folder, 'homes', `${'a'.repeat(16)}.tar.0123456789ab.part`), 'half');
    await until(() => stillRunning(processes).length === 0);

    await start();
    expect(groupsNamed(`dojou-${owner}`)).toEqual([]);
    expect(mounts()).toEqual(mountsBefore);
    expect(filesBelow(folder).filter((path) => !KNOWN.test(path))).toEqual([]);
  });

  test('TIDY-4 takes companions with it as well, and the learner has fresh ones beside the saved home', async () => {
    folder = await mkdtemp(join(tmpdir(), 'dojou-test-'));
    await using labs = await labWithServices();
    const env = { DOJOU_TEST_LABS: labs.path };
    const mountsBefore = mounts();
    const first = await start(env);
    const { person, room, tab } = await enter(first, '店の人');
    await healthy(tab);
    await tab.run('echo よい > work.txt');
    expect(await tab.savePoint()).toBeNull();
    const processes = started(processesBelow(first.pid));
    const programs = processes.map(({ pid }) => readIfAlive(`/proc/${pid}/cmdline`)).join(' ');
    expect(programs).toMatch(/postgres/);
    expect(programs).toMatch(/nginx/);
    const owner = ownerName(first.pid);
    await first.stop('SIGKILL');
    await until(() => stillRunning(processes).length === 0);

    const second = await start({ ...env, DOJOU_PORT: new URL(first.origin).port });
    expect(groupsNamed(`dojou-${owner}`)).toEqual([]);
    expect(mounts()).toEqual(mountsBefore);
    expect(filesBelow(folder).filter((path) => !KNOWN.test(path))).toEqual([]);
    expect(second.origin).toBe(first.origin);
    const back = await person.enter(room);
    await back.prompt();
    expect(await back.run('cat work.txt')).toContain('よい');
    await healthy(back);
  }, 90_000);

  test('TIDY-6 a second server on its folder is refused in words while it lives, and starts at once after it', async () => {
    folder = await mkdtemp(join(tmpdir(), 'dojou-test-'));
    const first = await start();
    const { room, person, tab } = await enter(first, '先の人');
    await expect(start()).rejects.toThrow(
      `ended with 1:\nAnother Dojou has the data folder open: ${folder}. Stop it first`,
    );
    // The one that was refused has disturbed nothing.
    expect(await tab.run('echo まだ居る')).toContain('まだ居る');
    await first.stop('SIGKILL');
    const second = await start({ DOJOU_PORT: new URL(person.origin).port });
    expect(second.origin).toBe(person.origin);
    await (await person.enter(room)).prompt();
  });
});

describe('a server without walls that was killed', () => {
  test('TIDY-7 leaves neither folder nor program behind once the next one has started', async () => {
    const env = { DOJOU_SANDBOX: 'process' };
    await using first = await TestServer.start({ env });
    const { tab } = await enter(first, '壁のない人');
    const program = await daemon(tab);
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`dojou-${owner}-`));
    const owner = ownerName(first.pid);
    expect(folders()).toHaveLength(1);
    await first.stop('SIGKILL');
    await using second = await TestServer.start({ env });
    expect(second.pid).not.toBe(first.pid);
    expect(folders()).toEqual([]);
    expect(stillRunning(started([program]))).toEqual([]);
    await rm(first.data, { recursive: true });
  });
});

describe('a server whose sandbox is killed', () => {
  test.each([
    ['the agent', 0],
    ['the inner bwrap', 1],
    ['the outer bwrap', 2],
  ])(
    'TIDY-5 %s: the seat ends whole, its neighbour and the server go on, and it begins again',
    async (_, which) => {
      await using server = await TestServer.start({ env: { DOJOU_SEATS: '10' } });
      const hit = await enter(server, '当たる人');
      const other = await enter(server, '隣の人');
      const program = await daemon(hit.tab);
      // A daemon has been given to the sandbox's first process: the shell beside it shows the agent.
      const shell = await daemonOfShell(hit.tab);
      const above = processesAbove(shell, server.pid).filter((pid) => pid !== shell);
      const [, agent, inner, outer] = [0, ...above.slice(-3)];
      const victim = [agent, inner, outer][which] ?? 0;
      const all = started([...processesBelow(outer ?? 0), outer ?? 0]);
      expect(all.map(({ pid }) => pid)).toEqual(expect.arrayContaining([program, shell, victim]));
      const group = groupOf(program);
      process.kill(victim, 'SIGKILL');
      await until(() => stillRunning(all).length === 0);
      await until(() => hit.tab.terminal.state.status !== 'running');
      if (group !== null) await until(() => groupsNamed(group).length === 0);
      expect(await other.tab.run('echo 隣は無事')).toContain('隣は無事');
      const before = hit.tab.text.length;
      expect(await hit.tab.startShell()).toBeNull();
      await hit.tab.prompt(before);
      expect(await hit.tab.run('echo また使える')).toContain('また使える');
    },
  );
});

/** A program whose parent is the shell, and its host id. */
async function daemonOfShell(tab: Tab): Promise<number> {
  marks += 1;
  const mark = `${process.pid}${marks}${Date.now()}`;
  tab.type(`sleep ${mark}\r`);
  return asleep(mark);
}

/** The host id of `sleep <mark>` itself: on the way there the mark is an argument of processes that end at once. */
async function asleep(mark: string): Promise<number> {
  const found = (): number | undefined =>
    processesWith(mark).find((pid) => readIfAlive(`/proc/${pid}/comm`) === 'sleep\n');
  await until(() => found() !== undefined, { what: `sleep ${mark}` });
  return found() ?? 0;
}
