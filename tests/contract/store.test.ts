import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../server/lib/ids.ts';
import type { Fact, Person, Store, StoredLink } from '../../server/store/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { KINDS } from '../support/store-kinds.ts';
import { openingOf, openRoom } from '../support/stored-rooms.ts';

const failed = (trouble: string) => expect.objectContaining({ code: 'store-failed', trouble });

describe.each(KINDS)('$name', ({ open }) => {
  let place: string;
  let clock: ManualClock;
  let store: Store;

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'dojou-store-'));
    clock = new ManualClock(1_800_000_000_000);
    store = await open(place, clock);
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await rm(place, { recursive: true });
  });

  async function reopen(): Promise<void> {
    await store[Symbol.asyncDispose]();
    store = await open(place, clock);
  }

  async function person(name = 'さくら'): Promise<Person> {
    const made: Person = { id: newId(), name, role: 'guest', createdAt: clock.now() };
    await store.people.create(made);
    return made;
  }

  async function link(over: Partial<StoredLink> = {}): Promise<StoredLink> {
    const made: StoredLink = {
      ...{ id: newId(), kind: 'team', hash: newId(), codeHash: null, room: null, createdBy: null },
      ...{ createdAt: clock.now(), expiresAt: clock.now() + 1000, uses: 0 },
      ...over,
    };
    await store.links.create(made);
    return made;
  }

  const fact = (room: string, over: Partial<Fact> = {}): Fact => ({
    ...{ id: newId(), at: 5, kind: 'check', room, attempt: null, person: null, role: 'driver' },
    ...{ chore: 'eol', detail: { task: 'look' } },
    ...over,
  });

  describe('people', () => {
    test('STORE-1 a person, a new name and a new role outlive the process', async () => {
      const { id, createdAt } = await person();
      await store.people.rename(id, '桜');
      await store.people.setRole(id, 'owner');
      await reopen();
      expect(await store.people.get(id)).toEqual({ id, name: '桜', role: 'owner', createdAt });
      expect(await store.people.get(newId())).toBeNull();
      await expect(store.people.rename(newId(), 'x')).rejects.toEqual(failed('conflict'));
    });

    test('STORE-1 a session ends at its time, or when it is closed', async () => {
      const { id } = await person();
      const expiresAt = clock.now() + 100;
      await store.people.openSession({ hash: 'aa', person: id, expiresAt });
      await store.people.openSession({ hash: 'bb', person: id, expiresAt });
      await reopen();
      expect(await store.people.personOfSession('aa', expiresAt - 1)).toMatchObject({ id });
      expect(await store.people.personOfSession('aa', expiresAt)).toBeNull();
      await store.people.closeSession('bb');
      expect(await store.people.personOfSession('bb', clock.now())).toBeNull();
      const nobody = { hash: 'cc', person: newId(), expiresAt };
      await expect(store.people.openSession(nobody)).rejects.toEqual(failed('conflict'));
    });
  });

  describe('links', () => {
    test('STORE-2 a link is found by its hash, and by its code while it is good', async () => {
      const made = await link({ codeHash: 'cc' });
      await reopen();
      expect(await store.links.byHash(made.hash)).toEqual(made);
      expect(await store.links.get(made.id)).toEqual(made);
      expect(await store.links.byCodeHash('cc', made.expiresAt - 1)).toEqual(made);
      expect(await store.links.byCodeHash('cc', made.expiresAt)).toBeNull();
      await expect(link({ codeHash: 'cc' })).rejects.toEqual(failed('conflict'));
    });

    test('STORE-2 the list has what is good now, newest first', async () => {
      const old = await link({ createdAt: 1 });
      const young = await link({ createdAt: 2, expiresAt: clock.now() + 2000 });
      expect((await store.links.list(clock.now())).map(({ id }) => id)).toEqual([young.id, old.id]);
      expect((await store.links.list(old.expiresAt)).map(({ id }) => id)).toEqual([young.id]);
    });

    test('STORE-2 a link that gives somebody a right is in the list until it is revoked', async () => {
      const host = await person();
      const room = await openRoom(store, host.id);
      const made = await link({ kind: 'room-watch', room });
      await store.rooms.grant({ room, person: host.id, mayTakePart: false, link: made.id });
      expect(await store.links.list(made.expiresAt)).toEqual([made]);
      await store.links.revoke(made.id);
      expect(await store.links.list(made.expiresAt)).toEqual([]);
    });

    test('STORE-3 a link that is good once is spent by one; others count', async () => {
      const once = await link({ kind: 'owner' });
      const spent = await Promise.all(Array.from({ length: 9 }, () => store.links.spend(once.id, true)));
      expect(spent.filter(Boolean)).toHaveLength(1);
      const often = await link();
      await Promise.all(Array.from({ length: 9 }, () => store.links.spend(often.id, false)));
      expect(await store.links.get(often.id)).toMatchObject({ uses: 9 });
      await store.links.revoke(often.id);
      expect(await store.links.spend(often.id, false)).toBe(false);
    });
  });

  describe('rooms', () => {
    test('STORE-4 an opening is stored whole, or not at all', async () => {
      const { id } = await person();
      const first = openingOf(id);
      await store.rooms.create(first);
      const replaces = { attempt: first.attempt.id, at: 7 };
      const second = { ...openingOf(id), replaces };
      await store.rooms.create(second);
      await reopen();
      expect(await store.rooms.get(second.room.id)).toEqual(second.room);
      expect(await store.attempts.get(second.attempt.id)).toEqual(second.attempt);
      expect(await store.rooms.access(second.room.id, id)).toMatchObject({ mayTakePart: true, link: null });
      expect(await store.attempts.get(first.attempt.id)).toMatchObject({ endedAt: 7 });

      const { room, attempt } = openingOf(id);
      const refused = [
        { room, attempt, by: newId(), replaces: { attempt: second.attempt.id, at: 9 } },
        // A place is taken once, however many want it.
        { room, attempt, by: id, replaces },
        { room: second.room, attempt, by: id, replaces: { attempt: second.attempt.id, at: 9 } },
      ];
      for (const opening of refused) {
        await expect(store.rooms.create(opening)).rejects.toEqual(failed('conflict'));
        expect(await store.rooms.get(room.id)).toBeNull();
        expect(await store.attempts.get(attempt.id)).toBeNull();
        expect(await store.attempts.get(second.attempt.id)).toMatchObject({ endedAt: null });
      }
    });

    test('STORE-5 a change, its facts and its holder are stored together, or none of them', async () => {
      const { id } = await person();
      const room = await openRoom(store, id);
      const state = await store.rooms.get(room);
      if (state === null) throw new Error('the room is there');
      const facts = [fact(room), fact(room, { kind: 'turn', at: 4, detail: { startedAt: 1, endedAt: 4 } })];
      const changed = { ...state, kind: 'mob', seq: 7 } as const;
      await store.rooms.commit({ room: changed, facts, holder: { kind: 'room', id: room } });

      const twice = { room: { ...changed, seq: 8 }, facts: [fact(room), facts[0] ?? fact(room)] };
      await expect(store.rooms.commit(twice)).rejects.toEqual(failed('conflict'));
      const nowhere = { room: { ...changed, id: newId() }, facts: [fact(room)] };
      await expect(store.rooms.commit(nowhere)).rejects.toEqual(failed('conflict'));

      await reopen();
      expect(await store.rooms.get(room)).toEqual(changed);
      expect(await store.facts.ofRoom(room)).toEqual([facts[1], facts[0]]);
      expect(await store.attempts.get(state.attempt)).toMatchObject({ holder: { kind: 'room', id: room } });
      expect(await store.attempts.current(state.lab, id)).toBeNull();
    });

    test('STORE-5 of two writers, the one whose state is stale is refused, with its facts', async () => {
      const { id } = await person();
      const room = await openRoom(store, id);
      const state = await store.rooms.get(room);
      if (state === null) throw new Error('the room is there');
      const writes = ['first', 'second'].map((step) => ({
        room: { ...state, step, seq: state.seq + 1 },
        facts: [fact(room)],
        holder: { kind: 'person', id: step } as const,
      }));
      const results = await Promise.allSettled(writes.map((write) => store.rooms.commit(write)));
      expect(results).toEqual([
        { status: 'fulfilled', value: undefined },
        { status: 'rejected', reason: failed('conflict') },
      ]);
      const older = { room: state, facts: [fact(room)] };
      await expect(store.rooms.commit(older)).rejects.toEqual(failed('conflict'));
      expect(await store.rooms.get(room)).toEqual(writes[0]?.room);
      expect(await store.facts.ofRoom(room)).toEqual(writes[0]?.facts);
      expect(await store.attempts.get(state.attempt)).toMatchObject({ holder: writes[0]?.holder });
    });

    test('STORE-6 the strongest right counts, and a revoked link takes only its own away', async () => {
      const host = await person('進行役');
      const guest = await person('来た人');
      const room = await openRoom(store, host.id);
      const watch = await link({ kind: 'room-watch', room });
      const takePart = await link({ kind: 'room-take-part', room });
      const grant = (mayTakePart: boolean, by: string) =>
        store.rooms.grant({ room, person: guest.id, mayTakePart, link: by });
      await grant(true, takePart.id);
      await grant(false, watch.id);
      await grant(false, watch.id);
      expect(await store.rooms.access(room, guest.id)).toMatchObject({ mayTakePart: true });
      expect(await store.links.revoke(takePart.id)).toEqual([
        { room, person: guest.id, mayTakePart: true, link: takePart.id },
      ]);
      expect(await store.links.get(takePart.id)).toBeNull();
      expect(await store.rooms.access(room, guest.id)).toMatchObject({ mayTakePart: false, link: watch.id });
      await store.links.revoke(watch.id);
      expect(await store.links.revoke(watch.id)).toEqual([]);
      expect(await store.rooms.access(room, guest.id)).toBeNull();
      expect(await store.rooms.access(room, host.id)).toMatchObject({ mayTakePart: true, link: null });
    });

    test('STORE-6 a right that is granted again is the later one', async () => {
      const host = await person();
      const guest = await person();
      const room = await openRoom(store, host.id);
      const lent = { room, person: guest.id, link: (await link({ room })).id };
      expect(await store.rooms.grant({ ...lent, mayTakePart: true })).toBe(true);
      expect(await store.rooms.grant({ ...lent, mayTakePart: false })).toBe(true);
      expect(await store.rooms.access(room, guest.id)).toEqual({ ...lent, mayTakePart: false });
      expect(await store.links.revoke(lent.link)).toHaveLength(1);
    });

    test('STORE-6 a right needs a room, a person and a link that are there', async () => {
      const { id } = await person();
      const room = await openRoom(store, id);
      const right = { room, person: id, mayTakePart: true, link: (await link({ room })).id };
      for (const wrong of [{ room: newId() }, { person: newId() }]) {
        await expect(store.rooms.grant({ ...right, ...wrong })).rejects.toEqual(failed('conflict'));
      }
      expect(await store.rooms.grant({ ...right, link: newId() })).toBe(false);
    });

    test('STORE-6 of those who come while a link is revoked, each is told of or refused', async () => {
      const host = await person();
      const room = await openRoom(store, host.id);
      const { id } = await link({ kind: 'room-watch', room });
      const [early, late] = [await person(), await person()];
      const comes = ({ id: who }: Person) => [
        store.links.spend(id, false),
        store.rooms.grant({ room, person: who, mayTakePart: false, link: id }),
      ];
      // All in one moment, in this order.
      const all = [...comes(early), store.links.revoke(id), ...comes(late)];
      const told = [{ room, person: early.id, mayTakePart: false, link: id }];
      expect(await Promise.all(all)).toEqual([true, true, told, false, false]);
      expect(await store.rooms.access(room, early.id)).toBeNull();
      expect(await store.rooms.access(room, late.id)).toBeNull();
    });

    test('STORE-7 rooms of a person come touched last first, as many as asked for', async () => {
      const { id } = await person();
      const rooms: string[] = [];
      for (let n = 0; n < 3; n++) {
        clock.advance(10);
        rooms.push(await openRoom(store, id));
      }
      clock.advance(10);
      const first = await store.rooms.get(rooms[0] ?? '');
      if (first === null) throw new Error('the room is there');
      await store.rooms.commit({ room: { ...first, seq: 1 }, facts: [] });
      const found = await store.rooms.ofPerson(id, 2);
      expect(found.map(({ state }) => state.id)).toEqual([rooms[0], rooms[2]]);
      expect(found[0]?.touchedAt).toBe(clock.now());
      expect(await store.rooms.touchedAt(first.id)).toBe(clock.now());
      expect(await store.rooms.touchedAt(newId())).toBeNull();
    });
  });

  describe('attempts', () => {
    test('STORE-8 the current attempt is the newest that has not ended', async () => {
      const { id } = await person();
      const room = await openRoom(store, id);
      const attempt = await store.attempts.current('see-whats-running', id);
      expect(attempt).toMatchObject({ room, vars: { cluster: 'park' }, endedAt: null });
      expect(await store.attempts.current('another-lab', id)).toBeNull();
      const next = { ...openingOf(id), replaces: { attempt: attempt?.id ?? '', at: 9 } };
      await store.rooms.create(next);
      await reopen();
      expect(await store.attempts.current('see-whats-running', id)).toEqual(next.attempt);
    });

    test('STORE-8 the last answer to a task stays', async () => {
      const { id } = await person();
      await openRoom(store, id);
      const attempt = (await store.attempts.current('see-whats-running', id))?.id ?? '';
      await store.attempts.setAnswer(attempt, 'count', '2');
      await store.attempts.setAnswer(attempt, 'count', '３');
      await store.attempts.setAnswer(attempt, 'version', "'; drop table answer; --");
      await reopen();
      expect(await store.attempts.answers(attempt)).toEqual({
        count: '３',
        version: "'; drop table answer; --",
      });
      await expect(store.attempts.setAnswer(newId(), 'count', '1')).rejects.toEqual(failed('conflict'));
    });

    test('STORE-9 a saved home is the last one, whole, with its time', async () => {
      const attempt = newId();
      expect(await store.attempts.home(attempt)).toBeNull();
      const tar = new Uint8Array(3_000_000).map((_, n) => n % 251);
      await store.attempts.saveHome(attempt, new Uint8Array([1]), 1_799_999_999_001);
      await store.attempts.saveHome(attempt, tar, 1_799_999_999_123);
      await reopen();
      const home = await store.attempts.home(attempt);
      expect(home?.at).toBe(1_799_999_999_123);
      expect(Buffer.compare(Buffer.from(home?.tar ?? []), Buffer.from(tar))).toBe(0);
      await expect(store.attempts.saveHome('../../escape', tar, 1)).rejects.toThrow(TypeError);
    });
  });

  test('STORE-10 a world log has no number twice and no hole', async () => {
    const { id } = await person();
    await openRoom(store, id);
    const attempt = (await store.attempts.current('see-whats-running', id))?.id ?? '';
    await store.worlds.append(attempt, 1, { action: 'ecs:UpdateService', desired: 2 });
    await store.worlds.append(attempt, 2, { action: 'ecs:StopTask' });
    for (const n of [1, 2, 4]) {
      await expect(store.worlds.append(attempt, n, {})).rejects.toEqual(failed('conflict'));
    }
    const racing = await Promise.allSettled([3, 3, 3].map((n) => store.worlds.append(attempt, n, { n })));
    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await reopen();
    expect(await store.worlds.read(attempt)).toEqual([
      { action: 'ecs:UpdateService', desired: 2 },
      { action: 'ecs:StopTask' },
      { n: 3 },
    ]);
  });

  test('STORE-11 the map keeps its rows in order, and one focus', async () => {
    await store.map.putChore({ slug: 'eol', name: null, who: 'only-me', infra: 'needed' });
    await store.map.putChore({ slug: 'chore-a', name: '証明書', who: 'unsaid', infra: 'unsaid' });
    await store.map.putChore({ slug: 'eol', name: null, who: 'others-too', infra: 'needed' });
    const focus = { text: '一', chore: 'eol', reviewOn: '2026-12-01', updatedAt: 1, by: 'さくら' };
    expect(await store.map.focus()).toBeNull();
    await store.map.putFocus(focus);
    await store.map.putFocus({ ...focus, text: '二' });
    await reopen();
    expect(await store.map.chores()).toEqual([
      { slug: 'eol', name: null, who: 'others-too', infra: 'needed' },
      { slug: 'chore-a', name: '証明書', who: 'unsaid', infra: 'unsaid' },
    ]);
    expect(await store.map.focus()).toEqual({ ...focus, text: '二' });
    await store.map.deleteChore('chore-a');
    expect(await store.map.chores()).toHaveLength(1);
  });

  test('STORE-12 a secret is made once, is its own per name, and stays', async () => {
    const [one, again, other] = await Promise.all([
      store.secret('links'),
      store.secret('links'),
      store.secret('other'),
    ]);
    expect(one).toHaveLength(32);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    await reopen();
    expect(await store.secret('links')).toEqual(one);
  });

  test('STORE-13 a change that fails takes none of its neighbours along', async () => {
    const { id } = await person();
    // All of them wait at once, and share a transaction; every third one is of a person who is there already.
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, n) =>
        store.people.create({ id: n % 3 === 0 ? id : newId(), name: `${n}`, role: 'guest', createdAt: n }),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? 'rejected' : 'fulfilled')),
    );
    expect(await store.people.get(id)).toMatchObject({ name: 'さくら' });
  });

  test('STORE-14 what cannot be stored as it is, is refused before it is stored as something else', async () => {
    // Types forbid these; a parsed body that slipped through would not ask them.
    const smuggled: readonly unknown[] = [new Date(), {}, true, Number.NaN, ['a'], 1n << 70n];
    for (const name of smuggled) {
      const made = { id: newId(), name: name as string, role: 'guest', createdAt: 1 } as const;
      await expect(store.people.create(made)).rejects.toThrow(TypeError);
      expect(await store.people.get(made.id)).toBeNull();
    }
  });

  test('STORE-15 a closed store refuses, and closes twice', async () => {
    const waiting = store.people.create({ id: newId(), name: 'x', role: 'guest', createdAt: 1 });
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await expect(waiting).resolves.toBeUndefined();
    await expect(store.people.get(newId())).rejects.toEqual(failed('closed'));
  });
});
