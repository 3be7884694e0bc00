import path from 'node:path';
import { decodeServerFrame } from '#protocol/frames.ts';
import type { ServerMessage } from '#protocol/messages.ts';
import { EMPTY_SEAT, type SeatView } from '#protocol/seat.ts';
import { createWorlds } from '../../server/aws/practice/worlds.ts';
import { practiceAccount, practiceSeed } from '../../server/aws/practice-account.ts';
import { practiceRequestHandler } from '../../server/aws/practice-handler.ts';
import { createSeatAws } from '../../server/aws/seat-aws.ts';
import { createStsVendor } from '../../server/aws/sts-vendor.ts';
import { createNetwork } from '../../server/egress/network.ts';
import { type Labs, loadLabs } from '../../server/labs/loader.ts';
import { type Clock, wallClock as clock } from '../../server/lib/clock.ts';
import { newId } from '../../server/lib/ids.ts';
import { silentLog as log } from '../../server/lib/log.ts';
import type { RoomConnection } from '../../server/rooms/connection.ts';
import { Rooms } from '../../server/rooms/registry.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { SandboxDriver } from '../../server/sandbox/sandbox.ts';
import { Previews } from '../../server/seats/previews.ts';
import { Seats } from '../../server/seats/seats.ts';
import { PostgresTemplate } from '../../server/seats/services/postgres-template.ts';
import type { Store } from '../../server/store/store.ts';
import { createMirrors } from '../../server/terminals/mirror.ts';

const REGION = 'ap-northeast-1';
export const LAB = 'see-whats-running';
export const LABS = await loadLabs(path.resolve('labs'));

/** A connection that writes down what it is told. */
export class Ear implements RoomConnection {
  readonly order = 0;
  readonly person: string;
  readonly tab: string;
  readonly heard: ServerMessage[] = [];
  /** What its terminals printed. */
  printed = '';
  /** What it knows of the seat. */
  seat: SeatView = EMPTY_SEAT;
  constructor(person: string, tab: string) {
    this.person = person;
    this.tab = tab;
  }
  send(message: ServerMessage): void {
    this.heard.push(message);
    if (message.t === 'welcome') this.seat = message.seat;
    if (message.t === 'seat') this.seat = { ...this.seat, ...message.part };
  }
  output(frame: Uint8Array, sent: () => void): void {
    const decoded = decodeServerFrame(frame);
    if (decoded?.kind === 'output') this.printed += Buffer.from(decoded.bytes).toString();
    sent();
  }
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

export interface Parts {
  readonly driver?: SandboxDriver;
  readonly most?: number;
  readonly store: Store;
  readonly time?: Clock;
  readonly labs?: Labs;
}

/** Rooms of real parts in this process, over what can be made to fail, and a clock that can leap. */
export function liveRooms(
  owned: AsyncDisposableStack,
  { driver = createBubblewrapDriver({ log }), most = 2, store, time = clock, labs = LABS }: Parts,
) {
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
      worldSeed: ({ random, world }) => practiceSeed({ random, world, region: REGION }),
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
      store,
      clock: time,
      log,
      most,
    }),
  );
  const mirrors = owned.use(createMirrors({ clock, log }));
  const registry = owned.use(new Rooms({ store, seats, mirrors, clock: time, log, labs, idleMs: 60_000 }));
  return { registry, seats, opened };
}

/** Somebody new, in a room of their own. */
export async function somebodyIn(registry: Rooms, store: Store) {
  const id = newId();
  await store.people.create({ id, name: '人', role: 'guest', createdAt: 0 });
  const started = await registry.start(id, LAB, false);
  if (!started.ok) throw new Error(started.code);
  return { id, ...(await enter(registry, started.room, id)) };
}

export async function enter(registry: Rooms, id: string, person: string) {
  const room = await registry.get(id);
  if (room === null) throw new Error('the room is gone');
  const ear = new Ear(person, 'tab');
  await room.enter(ear, async () => ({ name: '人', mayTakePart: true }), {});
  return { room, ear };
}
