/** Goes back and forth between two saved points without end, and says each arrival. */
import { writeSync } from 'node:fs';
import { wallClock } from '../../server/lib/clock.ts';
import { newId } from '../../server/lib/ids.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import { openRoom } from '../support/stored-rooms.ts';

const ME = 'a'.repeat(16);
const HOME_BYTES = 200_000;

const store = await openSqliteStore({ folder: process.argv[2] ?? '', clock: wallClock, log: silentLog });
if ((await store.people.get(ME)) === null) {
  await store.people.create({ id: ME, name: '戻る人', role: 'guest', createdAt: 1 });
}
const [known] = await store.rooms.ofPerson(ME, 1);
const room = known?.state.id ?? (await openRoom(store, ME));
const attempt = (await store.rooms.get(room))?.attempt ?? '';

/** A home of one letter, and as many entries in the world as its place in the alphabet. */
for (const [at, letter] of ['a', 'b'].entries()) {
  await store.points.restore(attempt, null, point('before-reset'));
  await store.attempts.saveHome(attempt, new Uint8Array(HOME_BYTES).fill(letter.charCodeAt(0)), 1);
  for (let n = 1; n <= at + 1; n += 1) await store.worlds.append(attempt, n, { op: letter });
  await store.points.save(attempt, point('asked'));
}
writeSync(1, 'ready\n');
for (let n = 0; ; n += 1) {
  const asked = (await store.points.list(attempt)).filter(({ why }) => why === 'asked');
  const to = asked[n % 2]?.id ?? null;
  await store.points.restore(attempt, to, point('before-reset'));
  writeSync(1, 'back\n');
}

function point(why: 'asked' | 'before-reset') {
  return { id: newId(), at: wallClock.now(), why, step: 'look' };
}
