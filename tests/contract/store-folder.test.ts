import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../server/lib/ids.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import { Writer } from '../../server/store/sqlite/writer.ts';
import { ManualClock } from '../support/manual-clock.ts';

const failed = (trouble: string) => expect.objectContaining({ code: 'store-failed', trouble });

describe('sqlite: the folder', () => {
  let folder: string;
  const clock = new ManualClock(1_800_000_000_000);
  const open = (beside = false) => openSqliteStore({ folder, clock, log: silentLog, beside });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dojou-store-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('STORE-16 a second server on the folder is refused in a sentence; a command beside it is not', async () => {
    const store = await open();
    await expect(open()).rejects.toEqual(failed('in-use'));
    await expect(open()).rejects.toThrow(`Another Dojou has the data folder open: ${folder}`);
    const beside = await open(true);
    expect(await beside.secret('links')).toEqual(await store.secret('links'));
    await beside[Symbol.asyncDispose]();
    await expect(open()).rejects.toEqual(failed('in-use'));
    await store[Symbol.asyncDispose]();
    await (await open())[Symbol.asyncDispose]();
  });

  test('STORE-17 nobody else on the host can read the folder', async () => {
    const store = await open();
    await store.attempts.saveHome(newId(), new Uint8Array(9), 1);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(['dojou.db', 'dojou.db-wal']));
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect([entry.name, mode & 0o077]).toEqual([entry.name, 0]);
    }
    await store[Symbol.asyncDispose]();
  });

  test('STORE-18 a folder of a newer Dojou is refused in a sentence, and left as it is', async () => {
    await (await open())[Symbol.asyncDispose]();
    const db = new DatabaseSync(join(folder, 'dojou.db'));
    db.exec("insert into migration (version, name, applied_at) values (99, 'later', 1)");
    db.close();
    await expect(open()).rejects.toThrow(/written by a newer Dojou \(data version 99; this one knows \d+\)/);
    await expect(open()).rejects.toEqual(failed('newer'));
  });

  test('STORE-18 a file that is no database, or a folder that cannot be made, is said in a sentence', async () => {
    await (await open())[Symbol.asyncDispose]();
    await writeFile(join(folder, 'dojou.db'), 'x'.repeat(8192));
    await expect(open()).rejects.toEqual(failed('damaged'));
    await expect(open()).rejects.toThrow(`The data folder ${folder} cannot be used: `);
    const below = openSqliteStore({ folder: join(folder, 'lock.db', 'x'), clock, log: silentLog });
    await expect(below).rejects.toThrow('cannot be used: ');
  });

  test('STORE-19 every commit waits for the disk', async () => {
    const writer = await Writer.open({ folder, beside: false, now: 1, maxPages: null }, silentLog);
    const ask = async (pragma: string) => {
      const [result] = await writer.run([{ sql: `pragma ${pragma}`, params: [] }]);
      return result?.rows[0];
    };
    expect(await ask('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(await ask('synchronous')).toEqual({ synchronous: 2 }); // FULL
    expect(await ask('foreign_keys')).toEqual({ foreign_keys: 1 });
    await writer.close();
  });

  test('STORE-20 a locked database refuses writes with a code, and goes on when it is free', async () => {
    const store = await open();
    const other = new DatabaseSync(join(folder, 'dojou.db'));
    other.exec('begin immediate');
    const write = () => store.map.putChore({ slug: 'eol', name: null, who: 'unsaid', infra: 'unsaid' });
    await expect(write()).rejects.toEqual(failed('locked'));
    expect(await store.map.chores()).toEqual([]);
    other.exec('rollback');
    other.close();
    await write();
    expect(await store.map.chores()).toHaveLength(1);
    await store[Symbol.asyncDispose]();
  });

  test('STORE-21 a database that is full refuses with a code, keeps what it had, and takes small things again', async () => {
    const store = await open();
    await store.map.putChore({ slug: 'eol', name: null, who: 'unsaid', infra: 'unsaid' });
    await store[Symbol.asyncDispose]();
    const db = new DatabaseSync(join(folder, 'dojou.db'));
    const pages = Number(db.prepare('pragma page_count').get()?.page_count);
    db.close();
    const small = await openSqliteStore({ folder, clock, log: silentLog, maxPages: pages + 4 });
    const name = 'あ'.repeat(100_000);
    const put = (slug: string, what: string) =>
      small.map.putChore({ slug, name: what, who: 'unsaid', infra: 'unsaid' });
    const results = await Promise.allSettled([put('a', '小'), put('b', name), put('c', '小')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(put('b', name)).rejects.toEqual(failed('full'));
    expect((await small.map.chores()).map(({ slug }) => slug)).toEqual(['eol', 'a', 'c']);
    await small[Symbol.asyncDispose]();
  });
});
