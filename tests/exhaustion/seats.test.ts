import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCgroupParents } from '../../server/sandbox/cgroup.ts';
import { Person, type Tab } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { AFTER, BOMBS, FORK_BOMB, UNREAD } from './bombs.ts';

const LAB = 'see-whats-running';
/** A bomb that needs longer has found no bound: the slowest of them needs some seconds. */
const BOMB_MS = 20_000;
/** What one seat may cost the server, whatever is done in it: scrollback, windows of streams, the screen. */
const SERVER_GROWTH_MIB = 256;
const ROUNDS = 5;

/** Without control groups, what files take is bounded by nothing but the host: not to be tried. */
describe.runIf(findCgroupParents() !== null)('a seat in which everything is used up', () => {
  let server: TestServer;
  let hit: Tab;
  let neighbour: Tab;
  let rssBefore: number;
  let calm: number;

  beforeAll(async () => {
    server = await TestServer.start({ env: { DOJOU_SEATS: '10' } });
    neighbour = await enter(server, '隣の人');
    hit = await enter(server, '壊す人');
    rssBefore = rssMiB(server.pid);
    calm = (await rounds(neighbour, () => false)).p50;
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(BOMBS)(
    'BOMB-1 $name: the neighbour’s echo comes, and the seat can be used again',
    async (bomb) => {
      let over = false;
      const exploding = hit.run(`${bomb.line}; echo status $?`, BOMB_MS).finally(() => {
        over = true;
      });
      const beside = await rounds(neighbour, () => !over);
      const said = (await exploding).split('\x07').slice(1).join('');
      console.log(
        `${bomb.name}: p50 ${beside.p50} ms (${calm} ms before), ${JSON.stringify(said.slice(0, 200))}`,
      );
      expect(said).toMatch(bomb.stopped);
      if (bomb.lasting) await beginAgain(hit);
      else await hit.run(AFTER, BOMB_MS);
      // As much as most programs want: what the bomb took has been given back.
      const works = 'python3 -c "print(len(bytes(100 << 20)))"';
      expect(await hit.run(works)).toContain(String(100 << 20));
      expect(rssMiB(server.pid) - rssBefore).toBeLessThan(SERVER_GROWTH_MIB);
    },
    2 * BOMB_MS,
  );

  test(
    'BOMB-2 a fork bomb costs the neighbour nothing, and ends with the seat, which begins again',
    async () => {
      hit.type(`${FORK_BOMB}\r`);
      await until(() => hit.text.includes('Resource temporarily unavailable'), { ms: BOMB_MS });
      const beside = await rounds(neighbour, () => false);
      console.log(`fork bomb: p50 ${beside.p50} ms (${calm} ms before)`);
      await beginAgain(hit);
      expect(await hit.run('/bin/echo $((6 * 7)) ok')).toContain('42 ok');
    },
    2 * BOMB_MS,
  );

  test(
    'BOMB-3 what stands in connections unread is less than the seat’s memory',
    async () => {
      const said = await hit.run(UNREAD, BOMB_MS);
      expect(Number(/took (\d+) MiB/.exec(said)?.[1])).toBeLessThan(256);
    },
    2 * BOMB_MS,
  );
});

/** What the page offers for a seat that is of no use any more; nothing inside has to help. */
async function beginAgain(tab: Tab): Promise<void> {
  const before = tab.text.length;
  expect(await tab.reset(null)).toBeNull();
  await tab.prompt(before);
}

/** Commands of the neighbour's, at least `ROUNDS` and as long as it goes on; each has to come back. */
async function rounds(tab: Tab, goesOn: () => boolean): Promise<{ readonly p50: number }> {
  const times: number[] = [];
  while (times.length < ROUNDS || goesOn()) {
    const begun = performance.now();
    await tab.run('true');
    times.push(performance.now() - begun);
  }
  return { p50: Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0) };
}

async function enter(server: TestServer, name: string): Promise<Tab> {
  const person = await Person.named(server.origin, name);
  const tab = await person.enter(await person.start(LAB));
  await tab.prompt();
  return tab;
}

function rssMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
