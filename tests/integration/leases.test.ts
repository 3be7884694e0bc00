import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '#protocol/limits.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { HomeUnsaved } from '../../server/sandbox/home-tar.ts';
import type { SandboxDriver } from '../../server/sandbox/sandbox.ts';
import { StoreError } from '../../server/store/error.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { LeapClock } from '../support/leap-clock.ts';
import { type Ear, enter, LAB, LABS, liveRooms, somebodyIn } from '../support/live-rooms.ts';
import { until } from '../support/until.ts';

const HOUR = 60 * MINUTE;
let owned: AsyncDisposableStack;
let store: Store;
let time: LeapClock;
beforeEach(async () => {
  owned = new AsyncDisposableStack();
  time = new LeapClock();
  const folder = await mkdtemp(path.join(tmpdir(), 'dojou-leases-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  store = owned.use(await openSqliteStore({ folder, clock: time, log }));
});
afterEach(() => owned.disposeAsync());

const running = (ear: Ear) => until(() => ear.terminal.includes('running'), { what: 'a shell' });

/** Types a line, and waits for what it prints. */
async function type(ear: Ear, room: Awaited<ReturnType<typeof enter>>['room'], line: string, prints: string) {
  const { epoch } = room.state.keyboard;
  const bytes = Buffer.from(`${line}\r`);
  room.desk.input(ear, { kind: 'input', terminal: 1, epoch, i: Date.now(), at: 0, answer: false, bytes });
  await until(() => ear.printed.includes(prints), { what: prints });
}

describe('a lab that asks for a lease', () => {
  const lab = LABS.get(LAB);
  if (lab === undefined) throw new Error('lab 1 is missing');
  const lease = { minutes: 60, extendBy: 15, most: 90 };
  const labs = new Map([[LAB, { ...lab, facts: { ...lab.facts, lease } }]]);

  it('LIFE-16 is warned of in every terminal, ends with words, saved, and can be begun again', async () => {
    const { registry } = liveRooms(owned, { store, time, labs });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    await until(() => ear.seat.lease !== null);
    expect((ear.seat.lease?.endsAt ?? 0) - time.now()).toBeGreaterThan(59 * MINUTE);
    await type(ear, room, 'echo kept > note.txt; echo do$((1))ne', 'do1ne');
    time.leap(50 * MINUTE);
    await until(() => ear.printed.includes('あと10分で、保存して終わります。'));
    expect(ear.printed).not.toContain('あと2分');
    time.leap(8 * MINUTE);
    await until(() => ear.printed.includes('あと2分で、保存して終わります。'));
    time.leap(2 * MINUTE);
    await until(() => ear.terminal.includes('lease-over'));
    const home = await store.attempts.home(room.state.attempt);
    expect(Buffer.from(home?.tar ?? []).includes('note.txt')).toBe(true);

    expect(await room.desk.start(1)).toBeNull();
    await running(ear);
    await until(() => (ear.seat.lease?.endsAt ?? 0) > time.now() + 59 * MINUTE);
  });

  it('LIFE-16 is extended as far as the lab says, and no further; the warnings move along', async () => {
    const { registry } = liveRooms(owned, { store, time, labs });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    await until(() => ear.seat.lease !== null);
    const first = ear.seat.lease?.endsAt ?? 0;
    time.leap(49 * MINUTE);
    expect(await room.extendLease()).toBeNull();
    expect(ear.seat.lease?.endsAt).toBe(first + 15 * MINUTE);
    time.leap(2 * MINUTE);
    expect(ear.printed).not.toContain('あと10分');
    expect(await room.extendLease()).toBeNull();
    expect(ear.seat.lease).toEqual({
      endsAt: first + 30 * MINUTE,
      mayEndAt: first + 30 * MINUTE,
      extendByMs: 15 * MINUTE,
    });
    expect(await room.extendLease()).toBe('lease-most');
    time.leap(30 * MINUTE);
    await until(() => ear.printed.includes('あと10分'));
    expect(ear.terminal).toContain('running');
  });

  it('LIFE-16 goes on over a restart, and over starting over', async () => {
    const before = liveRooms(owned, { store, time, labs });
    const { id, room, ear } = await somebodyIn(before.registry, store);
    await running(ear);
    await until(() => ear.seat.lease !== null);
    const { lease: begun } = ear.seat;
    time.leap(20 * MINUTE);
    expect(await room.reset(ear, null)).toBeNull();
    await running(ear);
    expect(ear.seat.lease).toEqual(begun);
    await before.registry[Symbol.asyncDispose]();

    const after = liveRooms(owned, { store, time, labs });
    time.leap(10 * MINUTE);
    const again = await enter(after.registry, room.state.id, id);
    await running(again.ear);
    await until(() => again.ear.seat.lease !== null);
    expect(again.ear.seat.lease).toEqual(begun);
  });
});

describe('a seat that is ending', () => {
  it('LIFE-22 is waited for by whoever starts a shell: one comes, with what was saved', async () => {
    const held = Promise.withResolvers<void>();
    const bubblewrap = createBubblewrapDriver({ log });
    const driver: SandboxDriver = {
      ...bubblewrap,
      async create(spec) {
        const sandbox = await bubblewrap.create(spec);
        const save = sandbox.saveHome.bind(sandbox);
        return Object.assign(sandbox, { saveHome: () => held.promise.then(save) });
      },
    };
    const { registry, seats } = liveRooms(owned, { store, time, driver });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    await type(ear, room, 'echo kept > note.txt; echo do$((1))ne', 'do1ne');
    const seat = room.desk.seat;
    const ended = seat?.end('lease-over');
    const started = room.desk.start(1);
    held.resolve();
    expect(await started).toBeNull();
    await ended;
    await running(ear);
    expect(room.desk.seat).not.toBe(seat);
    await type(ear, room, 'cat note.txt; echo ag$((1))ain', 'ag1ain');
    expect(ear.printed).toContain('kept');
    expect(seats.live).toBe(1);
  });
});

describe('a practice lab', () => {
  it('LIFE-17 nobody counts: who is connected keeps the seat for hours, and an idle one comes back', async () => {
    const { registry, seats } = liveRooms(owned, { store, time });
    const { id, room, ear } = await somebodyIn(registry, store);
    await running(ear);
    await type(ear, room, 'echo kept > note.txt; echo do$((1))ne', 'do1ne');
    await room.do(ear, { type: 'go-to-step', step: 'count' });
    for (let hours = 0; hours < 5; hours += 1) time.leap(HOUR);
    expect(ear.seat.lease).toBeNull();
    await type(ear, room, 'echo he$((1))re', 'he1re');
    expect(seats.live).toBe(1);

    await room.leave(ear);
    // Its person is away for less than the idle time: the very shell is there still.
    time.leap(40_000);
    const soon = await enter(registry, room.state.id, id);
    expect(soon.room).toBe(room);
    await room.leave(soon.ear);
    await until(() => {
      time.leap(MINUTE);
      return seats.live === 0;
    });
    const later = await enter(registry, room.state.id, id);
    expect(later.room.state.step).toBe('count');
    await running(later.ear);
    await type(later.ear, later.room, 'cat note.txt', 'kept');
  });
});

describe('a full machine', () => {
  it('LIFE-10 who waits in line for a seat is told so at once when starting over', async () => {
    const { registry } = liveRooms(owned, { store, time, most: 1 });
    const first = await somebodyIn(registry, store);
    await running(first.ear);
    const second = await somebodyIn(registry, store);
    await until(() => second.ear.terminal.includes('queue'));
    expect(await second.room.reset(second.ear, null)).toBe('starting');
    expect(await second.room.savePoint()).toBeNull();
  });
});

describe('homes', () => {
  it('LIFE-18 a disk that takes nothing is said once, the shell goes on, and is said to be over', async () => {
    let full = false;
    const saveHome: Store['attempts']['saveHome'] = (...home) =>
      full ? Promise.reject(new StoreError('full', 'disk full')) : store.attempts.saveHome(...home);
    const over = { ...store, attempts: { ...store.attempts, saveHome } };
    const { registry } = liveRooms(owned, { store: over, time });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    full = true;
    await type(ear, room, 'echo much > note.txt; echo do$((1))ne', 'do1ne');
    time.leap(MINUTE);
    await until(() => ear.seat.unsaved !== null);
    const told = () =>
      ear.heard.filter((message) => message.t === 'seat' && 'unsaved' in message.part).length;
    await until(async () => {
      time.leap(MINUTE);
      return (await room.savePoint()) === 'store-failed';
    });
    expect(told()).toBe(1);
    expect(ear.seat.unsaved).toMatchObject({ why: 'disk' });
    // Nothing is lost by starting over while it cannot be undone: it is refused, and the shell is as it was.
    expect(await room.reset(ear, null)).toBe('store-failed');
    await type(ear, room, 'cat note.txt; echo st$((1))ill', 'st1ill');
    full = false;
    expect(await room.savePoint()).toBeNull();
    expect(ear.seat.unsaved).toBeNull();
    expect(told()).toBe(2);
  });

  it('LIFE-18 a save that takes long never overlaps the next', async () => {
    let under = 0;
    let most = 0;
    let held = true;
    const bubblewrap = createBubblewrapDriver({ log });
    const driver: SandboxDriver = {
      ...bubblewrap,
      async create(spec) {
        const sandbox = await bubblewrap.create(spec);
        const save = sandbox.saveHome.bind(sandbox);
        return Object.assign(sandbox, {
          async saveHome() {
            under += 1;
            most = Math.max(most, under);
            await until(() => !held);
            under -= 1;
            return save();
          },
        });
      },
    };
    const { registry } = liveRooms(owned, { store, time, driver });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    const asked = [room.savePoint(), room.savePoint()];
    for (let minutes = 0; minutes < 5; minutes += 1) time.leap(MINUTE);
    await until(() => under > 0);
    held = false;
    expect(await Promise.all(asked)).toEqual([null, null]);
    expect(most).toBe(1);
  });

  it('LIFE-21 few homes at once are in memory, however many seats save', async () => {
    let under = 0;
    let most = 0;
    let held = true;
    const bubblewrap = createBubblewrapDriver({ log });
    const driver: SandboxDriver = {
      ...bubblewrap,
      async create(spec) {
        const sandbox = await bubblewrap.create(spec);
        const save = sandbox.saveHome.bind(sandbox);
        return Object.assign(sandbox, {
          async saveHome() {
            under += 1;
            most = Math.max(most, under);
            await until(() => !held);
            under -= 1;
            return save();
          },
        });
      },
    };
    const { registry } = liveRooms(owned, { store, time, driver, most: 5 });
    const people = await Promise.all(Array.from({ length: 5 }, () => somebodyIn(registry, store)));
    for (const { ear } of people) await running(ear);
    const asked = people.map(({ room }) => room.savePoint());
    await until(() => under === 3);
    held = false;
    expect(await Promise.all(asked)).toEqual(Array(5).fill(null));
    expect(most).toBe(3);
  });

  it('LIFE-18 a home that cannot be read is no reason to keep it: one can start over', async () => {
    const bubblewrap = createBubblewrapDriver({ log });
    const driver: SandboxDriver = {
      ...bubblewrap,
      create: async (spec) =>
        Object.assign(await bubblewrap.create(spec), {
          saveHome: () => Promise.reject(new HomeUnsaved('size', 'larger than 64 MiB')),
        }),
    };
    const { registry } = liveRooms(owned, { store, time, driver });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    expect(await room.savePoint()).toBe('store-failed');
    expect(ear.seat.unsaved).toMatchObject({ why: 'size' });
    expect(await room.reset(ear, null)).toBeNull();
    await running(ear);
    expect(ear.seat.unsaved).toBeNull();
  });
});
