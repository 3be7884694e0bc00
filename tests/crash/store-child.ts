/** Writes without end, and says on standard output what was acknowledged, one line each. */
import { writeSync } from 'node:fs';
import { wallClock } from '../../server/lib/clock.ts';
import { newId } from '../../server/lib/ids.ts';
import { silentLog } from '../../server/lib/log.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { openRoom } from '../support/stored-rooms.ts';

const ME = 'a'.repeat(16);
const HOME_BYTES = 300_000;

/** At once, and not through a stream's buffer: what is said is said before the next thing is done. */
const say = (what: string, value: string | number) => writeSync(1, `${what}\t${value}\n`);

const store = await openSqliteStore({
  folder: process.argv[2] ?? '',
  clock: wallClock,
  log: silentLog,
}).catch((error: unknown) => {
  say('refused', error instanceof Error ? error.message : 'unknown');
  process.exit(1);
});

if ((await store.people.get(ME)) === null) {
  await store.people.create({ id: ME, name: '書く人', role: 'guest', createdAt: 1 });
}
const [room] = await store.rooms.ofPerson(ME, 1);
const id = room?.state.id ?? (await openRoom(store, ME));
await Promise.all([people(store), people(store), changes(store), worlds(store), homes(store)]);

async function people({ people: keep }: Store): Promise<void> {
  for (;;) {
    const person = newId();
    await keep.create({ id: person, name: 'だれか', role: 'guest', createdAt: 1 });
    say('person', person);
  }
}

async function changes({ rooms }: Store): Promise<void> {
  let state = await rooms.get(id);
  while (state !== null) {
    state = { ...state, seq: state.seq + 1 };
    const fact = { id: newId(), at: state.seq, kind: 'check', room: id, attempt: state.attempt } as const;
    await rooms.commit({
      room: state,
      facts: [{ ...fact, person: ME, role: null, chore: null, detail: {} }],
    });
    say('seq', state.seq);
  }
}

async function worlds({ rooms, worlds: log }: Store): Promise<void> {
  const attempt = (await rooms.get(id))?.attempt ?? '';
  for (let n = (await log.read(attempt)).length + 1; ; n++) {
    await log.append(attempt, n, { n });
    say('world', n);
  }
}

async function homes({ rooms, attempts }: Store): Promise<void> {
  const attempt = (await rooms.get(id))?.attempt ?? '';
  for (let at = ((await attempts.home(attempt))?.at ?? 1000) + 1; ; at++) {
    await attempts.saveHome(attempt, new Uint8Array(HOME_BYTES).fill(at % 251), at);
    say('home', at);
  }
}
