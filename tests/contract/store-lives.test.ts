import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../server/lib/ids.ts';
import { silentLog } from '../../server/lib/log.ts';
import { MIGRATIONS, migrate } from '../../server/store/sqlite/migrate.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { PointRecord, Store } from '../../server/store/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openingOf } from '../support/stored-rooms.ts';

const failed = (trouble: string) => expect.objectContaining({ code: 'store-failed', trouble });
const bytes = (text: string) => new Uint8Array(Buffer.from(text.repeat(2000)));

describe('sqlite: lives', () => {
  let folder: string;
  let clock: ManualClock;
  let store: Store;
  let attempt: string;
  let who: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dojou-lives-'));
    clock = new ManualClock(1_800_000_000_000);
    store = await openSqliteStore({ folder, clock, log: silentLog });
    who = newId();
    await store.people.create({ id: who, name: '桜', role: 'guest', createdAt: 1 });
    const opening = openingOf(who);
    attempt = opening.attempt.id;
    await store.rooms.create(opening);
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const reopen = async () => {
    await store[Symbol.asyncDispose]();
    store = await openSqliteStore({ folder, clock, log: silentLog });
  };
  const files = async () => (await readdir(join(folder, 'homes'))).length;
  const home = async (id = attempt) => {
    const saved = await store.attempts.home(id);
    return saved === null ? null : Buffer.from(saved.tar).toString().slice(0, 3);
  };
  const log = async (id = attempt) => (await store.worlds.read(id)).map(({ op }) => op);
  const point = (why: PointRecord['why'] = 'asked'): PointRecord => {
    clock.advance(1000);
    return { id: newId(), at: clock.now(), why, step: 'look' };
  };
  const change = async (text: string, ...ops: readonly string[]) => {
    await store.attempts.saveHome(attempt, bytes(text), clock.now());
    const n = (await store.worlds.read(attempt)).length;
    for (const [at, op] of ops.entries())
      await store.worlds.append(attempt, n + at + 1, { op, 'a"b': ['あ'] });
  };

  test('LIFE-1 home and world go back to a point together, and forward again to what they were', async () => {
    await change('one', 'begin', 'first');
    const early = point();
    await store.points.save(attempt, early);
    await change('two', 'second', 'third');
    const before = point('before-reset');
    const kept = await store.points.restore(attempt, early.id, before);
    expect(kept).toEqual([before, early]);
    expect([await home(), await log()]).toEqual(['one', ['begin', 'first']]);
    expect((await store.worlds.read(attempt))[1]).toEqual({ op: 'first', 'a"b': ['あ'] });
    await store.worlds.append(attempt, 3, { op: 'other' });

    await store.points.restore(attempt, before.id, point('before-reset'));
    await reopen();
    expect([await home(), await log()]).toEqual(['two', ['begin', 'first', 'second', 'third']]);
  });

  test('LIFE-1 the beginning has neither a home nor a world, and can be left again', async () => {
    await change('one', 'begin');
    const before = point('before-reset');
    await store.points.restore(attempt, null, before);
    expect([await home(), await log()]).toEqual([null, []]);
    expect(await store.attempts.homeSavedAt(attempt)).toBeNull();
    await store.points.restore(attempt, before.id, point('before-reset'));
    expect([await home(), await log()]).toEqual(['one', ['begin']]);
  });

  test('LIFE-2 a point that is not there, or of another attempt, changes nothing', async () => {
    const other = openingOf(who);
    await store.rooms.create(other);
    const theirs = point();
    await store.points.save(other.attempt.id, theirs);
    await change('one', 'begin', 'first');
    for (const to of [newId(), theirs.id]) {
      await expect(store.points.restore(attempt, to, point('before-reset'))).rejects.toEqual(
        failed('conflict'),
      );
    }
    expect([await home(), await log()]).toEqual(['one', ['begin', 'first']]);
    expect(await store.points.list(attempt)).toEqual([]);
  });

  test('LIFE-3 the newest eight points stay, and beside them the last two from before a reset', async () => {
    const undo = point('before-reset');
    await store.points.save(attempt, undo);
    const later: PointRecord[] = [];
    for (let n = 0; n < 11; n += 1) {
      const one = point(n % 2 === 0 ? 'asked' : 'step');
      await store.points.save(attempt, one);
      later.unshift(one);
    }
    expect(await store.points.list(attempt)).toEqual([...later.slice(0, 8), undo]);
    const tries: PointRecord[] = [];
    for (let n = 0; n < 20; n += 1) {
      const one = point('before-reset');
      await store.points.restore(attempt, null, one);
      tries.unshift(one);
    }
    expect(await store.points.list(attempt)).toEqual([...tries.slice(0, 2), ...later.slice(0, 8)]);
  });

  test('LIFE-4 a home is stored once however many points have it, packed, and goes with the last of them', async () => {
    const big = bytes('same');
    for (let n = 0; n < 3; n += 1) {
      await store.attempts.saveHome(attempt, big, clock.now());
      await store.points.save(attempt, point());
    }
    expect(await files()).toBe(1);
    const [name = ''] = await readdir(join(folder, 'homes'));
    expect(name).toMatch(/^[0-9a-f]{64}\.tar\.zst$/);
    for (const text of ['one', 'two', 'else'])
      await store.attempts.saveHome(attempt, bytes(text), clock.now());
    expect(await files()).toBe(2);
    for (let n = 0; n < 8; n += 1) await store.points.save(attempt, point());
    expect(await files()).toBe(1);
    expect(await home()).toBe('els');
  });

  test('LIFE-4 what nobody refers to, and what was left half written, is taken away at the next start', async () => {
    await change('one', 'begin');
    await writeFile(join(folder, 'homes', `${'0'.repeat(64)}.tar.zst`), 'x');
    await writeFile(join(folder, 'homes', `${'1'.repeat(64)}.tar.zst.abc.part`), 'x');
    await reopen();
    expect(await files()).toBe(1);
    expect(await home()).toBe('one');
  });

  test('LIFE-4 saves of the same content at once, and its last reference going, leave what is referred to', async () => {
    const other = openingOf(who);
    await store.rooms.create(other);
    const ids = [attempt, other.attempt.id];
    for (let n = 0; n < 20; n += 1) {
      await Promise.all(
        ids.map((id, at) => store.attempts.saveHome(id, bytes((n + at) % 2 === 0 ? 'aaa' : 'bbb'), n)),
      );
    }
    expect([await home(ids[0]), await home(ids[1])].sort()).toEqual(['aaa', 'bbb']);
    expect(await files()).toBe(2);
  });

  test('LIFE-5 a folder of the version before has its homes still, and they become points and forks', async () => {
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'dojou-lives-'));
    const db = new DatabaseSync(join(folder, 'dojou.db'));
    migrate(db, 1, MIGRATIONS.slice(0, 1));
    db.close();
    store = await openSqliteStore({ folder, clock, log: silentLog });
    await store.people.create({ id: who, name: '桜', role: 'guest', createdAt: 1 });
    const opening = openingOf(who);
    await store.rooms.create(opening);
    attempt = opening.attempt.id;
    await writeFile(join(folder, 'homes', `${attempt}.tar`), bytes('old'));
    await reopen();
    expect(await home()).toBe('old');
    const saved = point();
    await store.points.save(attempt, saved);
    expect(await files()).toBe(1);
    await change('new', 'begin');
    await store.points.restore(attempt, saved.id, point('before-reset'));
    expect(await home()).toBe('old');
  });

  test('LIFE-6 a fork has home, world and answers of its own, and is not the attempt that a lab goes on with', async () => {
    await change('one', 'begin', 'first');
    await store.attempts.setAnswer(attempt, 'running', '3');
    const saved = point();
    await store.points.save(attempt, saved);
    await change('two', 'second');
    const now = { ...openingOf(who), from: { attempt, point: null } };
    await store.rooms.create(now);
    const id = now.attempt.id;
    expect([await home(id), await log(id)]).toEqual(['two', ['begin', 'first', 'second']]);
    expect(await store.attempts.answers(id)).toEqual({ running: '3' });
    await store.worlds.append(id, 4, { op: 'own' });
    expect(await log()).toHaveLength(3);
    expect((await store.attempts.current('see-whats-running', who))?.id).toBe(attempt);
    expect((await store.attempts.fork(who))?.id).toBe(id);

    const second = {
      ...openingOf(who),
      from: { attempt, point: saved.id },
      replaces: { attempt: id, at: 5 },
    };
    await store.rooms.create(second);
    expect([await home(second.attempt.id), await log(second.attempt.id)]).toEqual([
      'one',
      ['begin', 'first'],
    ]);
    expect((await store.attempts.fork(who))?.id).toBe(second.attempt.id);
  });

  test('LIFE-7 a lease outlives the process', async () => {
    expect(await store.leases.get(attempt)).toBeNull();
    await store.leases.put(attempt, { begunAt: 1, endsAt: 2 });
    await store.leases.put(attempt, { begunAt: 1, endsAt: 3 });
    await reopen();
    expect(await store.leases.get(attempt)).toEqual({ begunAt: 1, endsAt: 3 });
  });
});
