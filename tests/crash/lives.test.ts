import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { wallClock } from '../../server/lib/clock.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import { until } from '../support/until.ts';

const CHILD = join(import.meta.dirname, 'lives-child.ts');
const ROUNDS = process.env.DOJOU_TEST_FULL === '1' ? 60 : 6;
/** Two contents, and what a kill may leave behind until the next start. */
const FILES = 2;

test('LIFE-1 killed at any moment of starting over, home and world are both before it or both after', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dojou-crash-'));
  const seen = new Set<string>();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let ready = false;
    let backs = 0;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') ready = true;
      else backs += 1;
    });
    await until(() => ready && backs >= round * 3, { ms: 30_000, what: 'going back and forth' });
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;

    const store = await openSqliteStore({ folder, clock: wallClock, log: silentLog });
    const [room] = await store.rooms.ofPerson('a'.repeat(16), 1);
    const attempt = room?.state.attempt ?? '';
    const home = await store.attempts.home(attempt);
    const letters = new Set(home?.tar ?? []);
    const world = (await store.worlds.read(attempt)).map(({ op }) => op).join('');
    expect(letters.size).toBeLessThanOrEqual(1);
    const letter = String.fromCharCode([...letters][0] ?? 32).trim();
    expect(world).toBe({ '': '', a: 'a', b: 'bb' }[letter]);
    seen.add(letter);
    expect((await readdir(join(folder, 'homes'))).length).toBeLessThanOrEqual(FILES);
    await store[Symbol.asyncDispose]();
  }
  expect(seen.size).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
}, 120_000);
