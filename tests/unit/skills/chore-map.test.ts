import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHORE_NAME_LENGTH, CHORES, FOCUS_LENGTH } from '#protocol/limits.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createChoreMap, type TeamMap } from '../../../server/skills/chore-map.ts';
import { openSqliteStore } from '../../../server/store/sqlite/open.ts';
import type { Person, Store } from '../../../server/store/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const person = (role: Person['role']): Person => ({ id: 'a'.repeat(16), name: 'さくら', role, createdAt: 1 });
const MEMBER = person('member');
const refused = (code: string) => ({ code, values: {} });

let folder: string;
let store: Store;
let map: TeamMap;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dojou-map-'));
  const clock = new ManualClock(1_800_000_000_000);
  store = await openSqliteStore({ folder, clock, log: silentLog });
  map = createChoreMap({ store, clock });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('MAP-1 a new map has the seven loads, in both languages, with nothing said', async () => {
  const { chores, focus } = await map.read();
  expect(chores.map(({ slug }) => slug)).toEqual([
    'manual-release',
    'customer-data-fix',
    'error-monitoring',
    'eol',
    'audit',
    'vulnerability',
    'log-investigation',
  ]);
  for (const { name, who, infra, added } of chores) {
    expect(name.ja).not.toBe(name.en);
    expect([who, infra, added]).toEqual(['unsaid', 'unsaid', false]);
  }
  expect(focus).toBeNull();
});

test('MAP-2 guests read; members and the owner change', async () => {
  const guest = person('guest');
  const answers = [
    await map.add(guest, 'x'),
    await map.answer(guest, 'eol', { who: 'only-me', infra: 'needed' }),
    await map.remove(guest, 'eol'),
    await map.setFocus(guest, { text: 'x', chore: null, reviewOn: '2026-12-01' }),
  ];
  expect(answers).toEqual(answers.map(() => refused('forbidden')));
  expect(await map.add(person('owner'), 'x')).toMatchObject({ chores: { length: 8 } });
});

test('MAP-3 an added row is text of one line, within bounds, and keeps its answer and its name', async () => {
  const typed = '<b>証明書</b>の更新';
  const added = await map.add(MEMBER, ` ${typed}\n`);
  if ('code' in added) throw new Error(added.code);
  const slug = added.chores[7]?.slug ?? '';
  expect(slug).toMatch(/^chore-[a-z2-7]{16}$/);
  const answered = await map.answer(MEMBER, slug, { who: 'only-me', infra: 'not-needed' });
  expect(answered).toMatchObject({
    chores: { 7: { slug, name: { ja: typed, en: typed }, who: 'only-me', infra: 'not-needed', added: true } },
  });
  for (const name of ['', '\u200B', 'あ'.repeat(CHORE_NAME_LENGTH + 1)]) {
    expect(await map.add(MEMBER, name)).toEqual(refused('bad-request'));
  }
});

test('MAP-3 the map has room for so many rows, and no more', async () => {
  for (let n = 7; n < CHORES; n++) await map.add(MEMBER, `作業${n}`);
  expect(await map.add(MEMBER, 'もうひとつ')).toEqual(refused('too-large'));
  expect((await map.read()).chores).toHaveLength(CHORES);
});

test('MAP-4 an added row can go; the seven first ones stay', async () => {
  expect(await map.remove(MEMBER, 'eol')).toEqual(refused('bad-request'));
  expect(await map.remove(MEMBER, 'nothing')).toEqual(refused('not-found'));
  const added = await map.add(MEMBER, '引っ越し');
  const slug = 'code' in added ? '' : (added.chores[7]?.slug ?? '');
  expect(await map.remove(MEMBER, slug)).toMatchObject({ chores: { length: 7 } });
});

test('MAP-5 the focus has a day that exists, and is taken away by saying nothing', async () => {
  const focus = { text: 'ログ調査を二人で', chore: 'log-investigation', reviewOn: '2028-02-29' };
  expect(await map.setFocus(MEMBER, focus)).toMatchObject({
    focus: { ...focus, by: 'さくら', updatedAt: 1_800_000_000_000 },
  });
  for (const reviewOn of ['2026-02-29', '2026-13-01', '26-1-1', 'あした', '']) {
    expect(await map.setFocus(MEMBER, { ...focus, reviewOn })).toEqual(refused('bad-request'));
  }
  expect(await map.setFocus(MEMBER, { ...focus, chore: 'nothing' })).toEqual(refused('not-found'));
  const long = { ...focus, text: 'あ'.repeat(FOCUS_LENGTH + 1) };
  expect(await map.setFocus(MEMBER, long)).toEqual(refused('bad-request'));
  expect((await map.read()).focus).toMatchObject(focus);
  expect(await map.setFocus(MEMBER, { ...focus, text: ' ' })).toMatchObject({ focus: null });
});
