import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { ownerName } from '../../server/sandbox/owner.ts';
import { heapInUse, WITH_INSPECTOR } from '../support/heap.ts';
import { status } from '../support/host-processes.ts';
import { groupsNamed, mounts, processesBelow } from '../support/left-behind.ts';
import { Person } from '../support/person.ts';
import { specOf } from '../support/sandbox.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const LAB = 'see-whats-running';
const FULL = process.env.DOJOU_TEST_FULL !== undefined;
const CYCLES = FULL ? 1000 : 100;
/** Caches fill first; what grows after them is measured. */
const WARM_UP = 2 * (CYCLES / 10);
/** In turns: one person alone is asked to slow down. */
const PEOPLE = CYCLES / 10;
/** What a room and its people weigh that may be visited again; a seat that stays is a hundred times as much. */
const HEAP_PER_CYCLE = 64 * 1024;
const CYCLE_MS = 3000;

/** What the kernel counts for a process. */
interface Held {
  readonly descriptors: number;
  readonly processes: number;
  readonly groups: number;
  readonly mounts: number;
}

function held(pid: number): Held {
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: processesBelow(pid).length,
    groups: groupsNamed(`dojou-${ownerName(pid)}-`).length,
    mounts: mounts().length,
  };
}

/** Waits until it is as little as it was: the last of it ends on its own time. */
async function backTo(before: Held, pid: number): Promise<void> {
  const less = () => {
    const now = held(pid);
    return (Object.keys(before) as (keyof Held)[]).every((key) => now[key] <= before[key]);
  };
  await until(less, { ms: 30_000 }).catch(() => undefined);
  const now = held(pid);
  for (const key of Object.keys(before) as (keyof Held)[])
    expect([key, now[key]]).toEqual([key, Math.min(now[key], before[key])]);
}

describe('whole seats', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ env: { DOJOU_SEATS: String(PEOPLE + 4), ...WITH_INSPECTOR } });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test(
    `LEAK-1 after ${CYCLES} that were made and ended, the server holds what it held before`,
    async () => {
      const people = await Promise.all(
        Array.from({ length: PEOPLE }, (_, n) => Person.named(server.origin, `人${n}`)),
      );
      // A fresh attempt takes the place of the one before, whose seat ends.
      const cycle = async (n: number): Promise<void> => {
        const person = people[n % PEOPLE];
        if (person === undefined) throw new Error('everybody has a turn');
        const tab = await person.enter(await person.start(LAB, true));
        await tab.prompt();
        await tab.close();
      };
      for (let n = 1; n <= WARM_UP; n += 1) await cycle(n);
      const before = held(server.pid);
      const heapBefore = await heapInUse(server.output);
      for (let n = 1; n <= CYCLES - WARM_UP; n += 1) await cycle(n);
      await backTo(before, server.pid);
      const perCycle = ((await heapInUse(server.output)) - heapBefore) / (CYCLES - WARM_UP);
      console.log(`${Math.round(perCycle / 1024)} KiB of heap per seat; ${JSON.stringify(held(server.pid))}`);
      expect(perCycle).toBeLessThan(HEAP_PER_CYCLE);
    },
    CYCLES * CYCLE_MS,
  );
});

describe('sandboxes alone', () => {
  test(
    `LEAK-2 ${CYCLES} that were made and ended leave no process, descriptor, group, mount or user`,
    async () => {
      const firstUid = 320_000_000 + (process.pid % 100_000) * 1000;
      const driver = createBubblewrapDriver({ log: silentLog, firstUid });
      const users = new Set<string>();
      const cycle = async (): Promise<void> => {
        await using sandbox = await driver.create(specOf());
        const result = await sandbox.exec({
          argv: ['/bin/sh', '-c', 'setsid sleep 1000 >/dev/null 2>&1 & true'],
          timeoutMs: 30_000,
          maxBytes: 1000,
        });
        expect(result.code).toBe(0);
        for (const pid of processesBelow(process.pid)) users.add(status(pid, 'Uid').split(/\s/)[0] ?? '');
      };
      await cycle();
      const before = held(process.pid);
      for (let n = 1; n < CYCLES; n += 1) await cycle();
      await backTo(before, process.pid);
      // A user is given again once the one before has ended.
      const ours = [...users].filter((user) => Number(user) >= firstUid);
      expect(ours.length).toBeLessThanOrEqual(1);
    },
    CYCLES * CYCLE_MS,
  );
});
