import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wallClock } from '../../server/lib/clock.ts';
import { newId } from '../../server/lib/ids.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { TEST_DISK } from '../support/left-behind.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openRoom } from '../support/stored-rooms.ts';

const ME = 'a'.repeat(16);
const HOME_BYTES = 3_000_000;
const DISK_MIB = 12;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dojou-disk-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function withRoom(store: Store): Promise<string> {
  await store.people.create({ id: ME, name: '書く人', role: 'guest', createdAt: 1 });
  const room = await store.rooms.get(await openRoom(store, ME));
  if (room === null) throw new Error('the room was just made');
  return room.attempt;
}

describe.runIf(process.getuid?.() === 0)('a disk of its own', () => {
  beforeEach(() => mount('-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, TEST_DISK, folder));
  afterEach(() => {
    spawnSync('/usr/bin/umount', ['-l', folder]);
  });

  test('CRASH-2 that is full refuses homes with a code, keeps the one before whole, and goes on when there is room', async () => {
    const store = await openSqliteStore({ folder: join(folder, 'data'), clock: wallClock, log: silentLog });
    const attempt = await withRoom(store);
    const home = (fill: number) => new Uint8Array(HOME_BYTES).fill(fill);
    await store.attempts.saveHome(attempt, home(1), 1000);
    const filler = join(folder, 'filler');
    spawnSync('/bin/sh', ['-c', `cat /dev/zero >${filler}`], { stdio: 'ignore' });
    await expect(store.attempts.saveHome(attempt, home(2), 2000)).rejects.toMatchObject({ trouble: 'full' });
    // Of an answer it is said too; whatever is said is true after the next start.
    const answered = await store.attempts.setAnswer(attempt, 'a', 'x').then(
      () => 'kept' as const,
      () => 'refused' as const,
    );
    expect(new Set((await store.attempts.home(attempt))?.tar)).toEqual(new Set([1]));
    await rm(filler);
    await store.attempts.saveHome(attempt, home(3), 3000);
    await store.attempts.setAnswer(attempt, 'b', 'y');
    await store[Symbol.asyncDispose]();

    const again = await openSqliteStore({ folder: join(folder, 'data'), clock: wallClock, log: silentLog });
    expect(new Set((await again.attempts.home(attempt))?.tar)).toEqual(new Set([3]));
    expect(await again.attempts.answers(attempt)).toEqual({
      ...(answered === 'kept' ? { a: 'x' } : {}),
      b: 'y',
    });
    await again[Symbol.asyncDispose]();
  });

  test('CRASH-3 that is read-only is refused in words, and left as it is', async () => {
    const data = join(folder, 'data');
    await (await openSqliteStore({ folder: data, clock: wallClock, log: silentLog }))[Symbol.asyncDispose]();
    mount('-o', 'remount,ro', folder);
    await expect(openSqliteStore({ folder: data, clock: wallClock, log: silentLog })).rejects.toThrow(
      `The data folder ${data} cannot be used: `,
    );
    mount('-o', 'remount,rw', folder);
    await (await openSqliteStore({ folder: data, clock: wallClock, log: silentLog }))[Symbol.asyncDispose]();
  });
});

test('CRASH-4 a clock that jumps an hour back or a day on loses nothing and doubles nothing', async () => {
  const clock = new ManualClock(1_800_000_000_000);
  const open = () => openSqliteStore({ folder, clock, log: silentLog });
  let store = await open();
  const attempt = await withRoom(store);
  const jumps = [0, -3_600_000, 86_400_000, -86_400_000];
  for (const [n, ms] of jumps.entries()) {
    const then = clock.now() + ms;
    await store.attempts.saveHome(attempt, new Uint8Array(1000).fill(n), then);
    await store.worlds.append(attempt, n + 1, { op: 'change', n });
    await store.people.create({ id: newId(), name: '来た人', role: 'guest', createdAt: then });
    await store[Symbol.asyncDispose]();
    store = await open();
    expect((await store.attempts.home(attempt))?.tar[0]).toBe(n);
    expect(await store.worlds.read(attempt)).toHaveLength(n + 1);
  }
  await store[Symbol.asyncDispose]();
});

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('/usr/bin/mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount: ${stderr}`);
}
