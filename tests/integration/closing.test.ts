import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../server/lib/ids.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { SandboxDriver } from '../../server/sandbox/sandbox.ts';
import { StoreError } from '../../server/store/error.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { LeapClock } from '../support/leap-clock.ts';
import { Ear, enter, LAB, LABS, liveRooms, somebodyIn } from '../support/live-rooms.ts';
import { until } from '../support/until.ts';

let owned: AsyncDisposableStack;
let store: Store;
let time: LeapClock;
beforeEach(async () => {
  owned = new AsyncDisposableStack();
  time = new LeapClock();
  const folder = await mkdtemp(path.join(tmpdir(), 'dojou-closing-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  store = owned.use(await openSqliteStore({ folder, clock: time, log }));
});
afterEach(() => owned.disposeAsync());

const running = (ear: Ear) => until(() => ear.terminal.includes('running'), { what: 'a shell' });

/** Whoever comes to it waits until it is opened. */
class Gate {
  readonly #open = Promise.withResolvers<void>();
  waiting = 0;
  async pass(): Promise<void> {
    this.waiting += 1;
    await this.#open.promise;
  }
  open(): void {
    this.#open.resolve();
  }
}

/** Counts sandboxes; their homes are saved once the gate is open. */
function slowSaves(gate: Gate) {
  const bubblewrap = createBubblewrapDriver({ log });
  const made: string[] = [];
  const driver: SandboxDriver = {
    ...bubblewrap,
    async create(spec) {
      made.push(spec.id);
      const sandbox = await bubblewrap.create(spec);
      const save = sandbox.saveHome.bind(sandbox);
      return Object.assign(sandbox, { saveHome: () => gate.pass().then(save) });
    },
  };
  return { driver, made };
}

describe('a room that is being closed', () => {
  it('LIFE-20 starts no other shell when it was starting over', async () => {
    const gate = new Gate();
    gate.open();
    const { driver, made } = slowSaves(gate);
    const restoring = new Gate();
    const restore: Store['points']['restore'] = (...what) =>
      restoring.pass().then(() => store.points.restore(...what));
    const over = { ...store, points: { ...store.points, restore } };
    const { registry } = liveRooms(owned, { store: over, time, driver });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    const reset = room.reset(ear, null);
    await until(() => restoring.waiting === 1);
    const begun = room.desk.ensure();
    const closed = room.close('stopping');
    restoring.open();
    expect(await reset).toBeNull();
    await begun;
    await closed;
    expect(made).toHaveLength(1);
  });

  it('LIFE-20 is not started over any more, however early that was asked for', async () => {
    const gate = new Gate();
    const { driver } = slowSaves(gate);
    const { registry } = liveRooms(owned, { store, time, driver });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    const saved = room.savePoint();
    await until(() => gate.waiting === 1);
    const reset = room.reset(ear, null);
    const closed = room.close('stopping');
    gate.open();
    await closed;
    expect(await saved).toBeNull();
    expect(await reset).toBe('stopping');
    const points = await store.points.list(room.state.attempt);
    expect(points.map(({ why }) => why)).toEqual(['asked']);
  });

  it('LIFE-20 lets nobody in who had not come in yet', async () => {
    const { registry } = liveRooms(owned, { store, time });
    const { id, room } = await somebodyIn(registry, store);
    const gate = new Gate();
    const late = room.enter(
      new Ear(id, 'late'),
      async () => {
        await gate.pass();
        return { name: '人', mayTakePart: true };
      },
      {},
    );
    await until(() => gate.waiting === 1);
    const closed = room.close('stopping');
    gate.open();
    expect(await late).toBe('stopping');
    await closed;
    expect(room.state.members[id]?.connections).toBe(0);
  });

  it('LIFE-13 is forked as it is saved last, not as it was before', async () => {
    const gate = new Gate();
    const { driver } = slowSaves(gate);
    const { registry } = liveRooms(owned, { store, time, driver });
    const { id, room, ear } = await somebodyIn(registry, store);
    await running(ear);
    const { epoch } = room.state.keyboard;
    const bytes = Buffer.from('echo late > note.txt; echo do$((1))ne\r');
    room.desk.input(ear, { kind: 'input', terminal: 1, epoch, i: 1, at: 0, answer: false, bytes });
    await until(() => ear.printed.includes('do1ne'));
    await room.leave(ear);
    time.leap(100_000);
    await until(() => gate.waiting > 0);
    const forked = registry.fork(id, room.state.id, { point: null, replace: false });
    gate.open();
    const answer = await forked;
    if (!answer.ok) throw new Error(answer.code);
    const attempt = (await store.rooms.get(answer.room))?.attempt ?? '';
    const home = await store.attempts.home(attempt);
    expect(Buffer.from(home?.tar ?? []).includes('note.txt')).toBe(true);
  });
});

describe('starting over', () => {
  it('LIFE-8 brings the step back, too, when the keyboard moves on meanwhile', async () => {
    const restoring = new Gate();
    const restore: Store['points']['restore'] = (...what) =>
      restoring.pass().then(() => store.points.restore(...what));
    const { registry } = liveRooms(owned, {
      store: { ...store, points: { ...store.points, restore } },
      time,
    });
    const { id, room, ear } = await somebodyIn(registry, store);
    await running(ear);
    await room.do(ear, { type: 'go-to-step', step: 'count' });
    await room.do(ear, { type: 'make-mob' });
    const other = newId();
    await store.people.create({ id: other, name: '別の人', role: 'guest', createdAt: 0 });
    const guest = await enter(registry, room.state.id, other);
    await room.do(guest.ear, { type: 'request' });
    expect(await room.do(ear, { type: 'give', to: other, note: null })).toBeNull();
    const reset = room.reset(guest.ear, null);
    await until(() => restoring.waiting === 1);
    await room.do(ear, { type: 'request' });
    expect(await room.do(guest.ear, { type: 'give', to: id, note: null })).toBeNull();
    restoring.open();
    expect(await reset).toBeNull();
    expect(room.state.step).toBe('look');
  });
});

describe('homes and seats', () => {
  it('LIFE-23 a seat that nobody looks at stays while the disk does not take its home', async () => {
    let full = true;
    let refused = 0;
    const saveHome: Store['attempts']['saveHome'] = (...home) => {
      if (!full) return store.attempts.saveHome(...home);
      refused += 1;
      return Promise.reject(new StoreError('full', 'disk full'));
    };
    const over = { ...store, attempts: { ...store.attempts, saveHome } };
    const { registry, seats } = liveRooms(owned, { store: over, time });
    const { room, ear } = await somebodyIn(registry, store);
    await running(ear);
    expect(await room.savePoint()).toBe('store-failed');
    await room.leave(ear);
    for (const before of [1, 2, 3]) {
      await until(() => {
        time.leap(60_000);
        return refused > before;
      });
    }
    expect(seats.live).toBe(1);
    full = false;
    await until(() => {
      time.leap(60_000);
      return seats.live === 0;
    });
    expect(await store.attempts.home(room.state.attempt)).not.toBeNull();
  });

  it('SEAT-5 two own labs that are opened in the same moment end up with one seat', async () => {
    const lab = LABS.get(LAB);
    if (lab === undefined) throw new Error('lab 1 is missing');
    const other = 'another-lab';
    const labs = new Map([
      [LAB, lab],
      [other, { ...lab, facts: { ...lab.facts, id: other } }],
    ]);
    const { registry, seats } = liveRooms(owned, { store, time, labs, most: 4 });
    const first = await somebodyIn(registry, store);
    const started = await registry.start(first.id, other, false);
    if (!started.ok) throw new Error(started.code);
    const second = await enter(registry, started.room, first.id);
    const ears = [first.ear, second.ear];
    await until(() => ears.some((ear) => ear.terminal.includes('opened-elsewhere')));
    await until(() => ears.some((ear) => ear.terminal.includes('running')));
    expect(seats.live).toBe(1);
  });

  it('SEAT-1 a home that cannot be read leaves no world behind', async () => {
    const worldOpen = new Gate();
    const home = async () => {
      await worldOpen.pass();
      throw new StoreError('other', 'the home is damaged');
    };
    const over = { ...store, attempts: { ...store.attempts, home } };
    const { registry, opened } = liveRooms(owned, { store: over, time });
    const { ear } = await somebodyIn(registry, store);
    await until(() => opened.length === 1);
    worldOpen.open();
    await until(() => ear.terminal.includes('shell-failed'));
    expect(opened).toEqual([]);
  });
});
