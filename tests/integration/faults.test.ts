import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerMessage } from '#protocol/messages.ts';
import { createWorlds } from '../../server/aws/practice/worlds.ts';
import { practiceAccount, practiceSeed } from '../../server/aws/practice-account.ts';
import { practiceRequestHandler } from '../../server/aws/practice-handler.ts';
import { createSeatAws } from '../../server/aws/seat-aws.ts';
import { createStsVendor } from '../../server/aws/sts-vendor.ts';
import { createNetwork } from '../../server/egress/network.ts';
import { loadLabs } from '../../server/labs/loader.ts';
import { type Clock, wallClock as clock } from '../../server/lib/clock.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import type { RoomConnection } from '../../server/rooms/connection.ts';
import { Rooms } from '../../server/rooms/registry.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { Sandbox, SandboxDriver } from '../../server/sandbox/sandbox.ts';
import { Previews } from '../../server/seats/previews.ts';
import { Seats } from '../../server/seats/seats.ts';
import { PostgresTemplate } from '../../server/seats/services/postgres-template.ts';
import { openSqliteStore } from '../../server/store/sqlite/open.ts';
import type { Store } from '../../server/store/store.ts';
import { createMirrors } from '../../server/terminals/mirror.ts';
import { until } from '../support/until.ts';

const REGION = 'ap-northeast-1';
const labs = await loadLabs(path.resolve('labs'));

/** A connection that writes down what it is told. */
class Ear implements RoomConnection {
  readonly order = 0;
  readonly person: string;
  readonly tab: string;
  readonly heard: ServerMessage[] = [];
  constructor(person: string, tab: string) {
    this.person = person;
    this.tab = tab;
  }
  send(message: ServerMessage): void {
    this.heard.push(message);
  }
  output(): void {}
  buffered(): number {
    return 0;
  }
  end(): void {}
  /** The last thing it was told of its terminal. */
  get terminal(): string {
    const told = this.heard.findLast((message) => message.t === 'terminal');
    return told?.t === 'terminal' ? JSON.stringify(told.info.state) : '';
  }
}

let owned: AsyncDisposableStack;
let store: Store;
beforeEach(async () => {
  owned = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'dojou-faults-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  store = owned.use(await openSqliteStore({ folder, clock, log }));
});
afterEach(() => owned.disposeAsync());

/** Rooms of real parts, over a driver and a store that can be made to fail. */
function rooms({
  driver = createBubblewrapDriver({ log }),
  most = 2,
  over = store,
  time = clock,
}: {
  readonly driver?: SandboxDriver;
  readonly most?: number;
  readonly over?: Store;
  readonly time?: Clock;
}) {
  const worlds = owned.use(createWorlds({ clock, log }));
  const opened: string[] = [];
  const seats = owned.use(
    new Seats({
      driver,
      companions: driver,
      worlds: {
        ...worlds,
        async open(id, seed, worldLog) {
          const world = await worlds.open(id, seed, worldLog);
          opened.push(id);
          const close = world[Symbol.asyncDispose].bind(world);
          return Object.assign(world, {
            [Symbol.asyncDispose]: () => {
              opened.splice(opened.indexOf(id), 1);
              return close();
            },
          });
        },
      },
      worldSeed: ({ random, ecs }) => practiceSeed({ random, ecs, region: REGION }),
      network: createNetwork(),
      previews: new Previews(String),
      postgres: new PostgresTemplate(driver),
      makeAws: ({ world, lab, seat, allow, random }) => {
        const { accountId, broker, externalId, roleArn } = practiceAccount(random, REGION);
        const requestHandler = practiceRequestHandler(world, clock);
        const vendor = createStsVendor({
          region: REGION,
          roleArn,
          externalId,
          credentials: broker,
          requestHandler,
        });
        const rest = { labFile: 'lab.yaml', region: REGION, accountId, person: null };
        return createSeatAws({ world, vendor, lab, seat, allow, ...rest });
      },
      store: over,
      clock: time,
      log,
      most,
    }),
  );
  const mirrors = owned.use(createMirrors({ clock, log }));
  const registry = owned.use(
    new Rooms({ store: over, seats, mirrors, clock: time, log, labs, idleMs: 60_000 }),
  );
  return { registry, seats, opened };
}

let people = 0;
async function somebodyIn(registry: Rooms) {
  people += 1;
  const id = `person${'a'.repeat(9)}${'bcdefgh'[people % 7]}`;
  await store.people.create({ id, name: '人', role: 'guest', createdAt: 0 });
  const started = await registry.start(id, 'see-whats-running', false);
  if (!started.ok) throw new Error(started.code);
  const room = await registry.get(started.room);
  if (room === null) throw new Error('the room is gone');
  const ear = new Ear(id, 'tab');
  await room.enter(ear, async () => ({ name: '人', mayTakePart: true }), {});
  return { room, ear };
}

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
