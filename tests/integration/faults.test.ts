import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, wallClock as clock } from '../../server/lib/clock.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import type { Rooms } from '../../server/rooms/registry.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { Sandbox, SandboxDriver } from '../../server/sandbox/sandbox.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { liveRooms, type Parts, somebodyIn as somebodyNew } from '../support/live-rooms.ts';
import { until } from '../support/until.ts';

let owned: AsyncDisposableStack;
let store: Store;
beforeEach(async () => {
  owned = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dojou-faults-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  store = owned.use(await openSqliteStore({ folder, clock, log }));
});
afterEach(() => owned.disposeAsync());

/** Rooms over a driver and a store that can be made to fail. */
function rooms({ over = store, ...rest }: { readonly over?: Store } & Omit<Parts, 'store'>) {
  return liveRooms(owned, { store: over, ...rest });
}

const somebodyIn = (registry: Rooms) => somebodyNew(registry, store);

describe('when the store fails', () => {
  it('ROOM-10 an op that could not be stored did not happen, and its sender is told', async () => {
    let broken = false;
    const commit: Store['rooms']['commit'] = (change) =>
      broken ? Promise.reject(new Error('disk full')) : store.rooms.commit(change);
    const { registry } = rooms({ over: { ...store, rooms: { ...store.rooms, commit } } });
    const { room, ear } = await somebodyIn(registry);
    const before = room.state;
    const heard = ear.heard.filter((message) => message.t === 'op').length;
    broken = true;
    expect(await room.do(ear, { type: 'make-mob' })).toMatchObject({ code: 'store-failed' });
    expect(room.state).toBe(before);
    expect(ear.heard.filter((message) => message.t === 'op')).toHaveLength(heard);
    broken = false;
    expect(await room.do(ear, { type: 'make-mob' })).toBeNull();
    expect((await store.rooms.get(room.state.id))?.kind).toBe('mob');
  });
});

describe('when a seat cannot be made', () => {
  const bubblewrap = createBubblewrapDriver({ log });

  it('SEAT-1 what was half made is undone, and the page may try again', async () => {
    let broken = true;
    const driver: SandboxDriver = {
      ...bubblewrap,
      create: (spec) => (broken ? Promise.reject(new Error('no memory')) : bubblewrap.create(spec)),
    };
    const { registry, seats, opened } = rooms({ driver });
    const { room, ear } = await somebodyIn(registry);
    await until(() => ear.terminal.includes('shell-failed'));
    expect(seats.live).toBe(0);
    expect(opened).toEqual([]);
    broken = false;
    expect(await room.desk.start(1)).toBeNull();
    await until(() => ear.terminal.includes('running'));
    expect(opened).toHaveLength(1);
  });

  it('SEAT-4 where the sandbox cannot run, no shell is started', async () => {
    const sentence = { ja: 'ない', en: 'missing' };
    const created: string[] = [];
    const driver: SandboxDriver = {
      ...bubblewrap,
      check: async () => [{ what: sentence, remedy: sentence }],
      create: (spec): Promise<Sandbox> => {
        created.push(spec.id);
        return bubblewrap.create(spec);
      },
    };
    const { registry } = rooms({ driver });
    const { ear } = await somebodyIn(registry);
    await until(() => ear.terminal.includes('no-shells'));
    expect(created).toEqual([]);
  });

  it('SEAT-8 a seat that nobody looks at makes way for who waits, and comes back with its person', async () => {
    let later = 0;
    const time: Clock = { now: () => clock.now() + later, after: clock.after };
    const { registry, seats } = rooms({ most: 1, time });
    const first = await somebodyIn(registry);
    await until(() => first.ear.terminal.includes('running'));
    const second = await somebodyIn(registry);
    await until(() => second.ear.terminal.includes('"place":1'));
    later += 3_600_000; // an hour in which somebody is there
    await until(() => second.ear.terminal.includes('"place":1,"waitMs":null'));
    expect(seats.live).toBe(1);
    await first.room.leave(first.ear);
    await until(() => /"waitMs":[23]\d000/.test(second.ear.terminal));
    expect(second.ear.terminal).not.toContain('running');
    later += 30_000;
    await until(() => second.ear.terminal.includes('running'));
    expect(await store.attempts.home(first.room.state.attempt)).not.toBeNull();
    const back = await registry.get(first.room.state.id);
    await back?.enter(first.ear, async () => ({ name: '人', mayTakePart: true }), {});
    await until(() => first.ear.terminal.includes('"place":1'));
    await second.room.leave(second.ear);
    later += 30_000;
    await until(() => first.ear.terminal.includes('running'));
  });
});

describe('homes', () => {
  it('SEAT-3 a home that was touched is saved within a minute, without anybody leaving', async () => {
    const minutes: number[] = [];
    const time: Clock = {
      now: () => clock.now(),
      after(ms, task) {
        if (ms >= 1000) minutes.push(ms);
        return clock.after(ms >= 1000 ? 50 : ms, task);
      },
    };
    const { registry } = rooms({ time });
    const { room, ear } = await somebodyIn(registry);
    await until(() => ear.terminal.includes('running'));
    const { epoch } = room.state.keyboard;
    const bytes = Buffer.from('echo kept-in-the-home > note.txt\r');
    room.desk.input(ear, { kind: 'input', terminal: 1, epoch, i: 1, at: Date.now(), answer: false, bytes });
    await until(async () => {
      const home = await store.attempts.home(room.state.attempt);
      return home !== null && Buffer.from(home.tar).includes('kept-in-the-home');
    });
    expect(minutes).toContain(60_000);
  });
});
