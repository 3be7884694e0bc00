/**
 * The server as one object: capabilities wired together behind one port. It reads no environment and
 * picks no adapter; `main` and the tests hand those in.
 */
import type { AddressInfo } from 'node:net';
import type { Me } from '#protocol/api.ts';
import type { Worlds } from './aws/practice/world.ts';
import { createHttp } from './http/http.ts';
import type { Tls } from './http/server-factory.ts';
import type { Labs } from './labs/loader.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import { createJoin } from './people/join.ts';
import { createLinks, joinUrl } from './people/links.ts';
import { createPeople } from './people/people.ts';
import { createSessions } from './people/sessions.ts';
import { createTickets } from './people/tickets.ts';
import { Rooms } from './rooms/registry.ts';
import { createSummaries } from './rooms/summaries.ts';
import type { SandboxDriver } from './sandbox/sandbox.ts';
import { Previews, previewUrl } from './seats/previews.ts';
import { Seats, type SeatsDeps } from './seats/seats.ts';
import { PostgresTemplate } from './seats/services/postgres-template.ts';
import { createChoreMap } from './skills/chore-map.ts';
import type { Store } from './store/store.ts';
import type { Mirrors } from './terminals/mirror.ts';
import { acceptSockets } from './ws/upgrade.ts';

export interface AppOptions {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** The one origin, given the port that was really taken. */
  readonly originAt: (port: number) => string;
  readonly loopbackOnly: boolean;
  readonly insecureLan: boolean;
  readonly tls: Tls | null;
  readonly trustProxy: readonly string[];
  /** `https://*.…`, or null: where web pages of seats are shown. */
  readonly previewHosts: string | null;
  readonly seats: number;
  readonly idleMs: number;
  /** Folder of the built site, absolute. */
  readonly dist: string;
  readonly store: Store;
  readonly driver: SandboxDriver;
  /** Makes the sandboxes of services. */
  readonly companions: SandboxDriver;
  readonly mirrors: Mirrors;
  readonly worlds: Worlds;
  readonly worldSeed: SeatsDeps['worldSeed'];
  readonly makeAws: SeatsDeps['makeAws'];
  readonly network: SeatsDeps['network'];
  readonly labs: Labs;
  readonly clock: Clock;
  readonly log: Log;
}

export interface App extends AsyncDisposable {
  /** Resolves with the origin once people can come. */
  listen(): Promise<string>;
  /** A new owner link: good once, for 15 minutes. */
  ownerLink(): Promise<string>;
}

/** Disposing announces, drains, saves and closes; store and mirrors are their owner's to close. */
export async function createApp(options: AppOptions): Promise<App> {
  const { store, clock, log, labs, driver, mirrors } = options;
  await using undo = new AsyncDisposableStack();
  const previews = new Previews((capability) => previewUrl(options.previewHosts, capability));
  const postgres = new PostgresTemplate(options.companions);
  const seats = undo.use(new Seats({ ...options, previews, postgres, most: options.seats }));
  const rooms = undo.use(new Rooms({ store, seats, mirrors, clock, log, labs, idleMs: options.idleMs }));

  let origin = options.originAt(options.port);
  const missing = await seats.missing();
  const about = (): Me['host'] => ({
    version: options.version,
    sandbox: missing.length > 0 ? 'none' : driver.name,
    missing,
    loopbackOnly: options.loopbackOnly,
    insecureLan: options.insecureLan,
    aws: 'practice',
    url: origin,
  });

  const people = createPeople({ store, clock });
  const links = await createLinks({ store, clock });
  const tickets = createTickets({ clock });
  const summaries = createSummaries(store);
  links.onRevoked((lost) => {
    rooms.revoked(lost).catch((error: unknown) => log.error({ err: error }, 'somebody was not sent away'));
  });

  const http = await createHttp({
    ...options,
    previews,
    people,
    links,
    tickets,
    about,
    sessions: createSessions({ store, clock }),
    join: createJoin({ store, people, links }),
    map: createChoreMap({ store, clock }),
    origin: () => origin,
    rooms: {
      ...summaries,
      async start(person, lab, fresh) {
        const started = await rooms.start(person, lab, fresh);
        return started.ok ? { room: started.room } : { code: started.code, values: {} };
      },
      async fork(person, room, from) {
        const forked = await rooms.fork(person, room, from);
        return forked.ok ? { room: forked.room } : { code: forked.code, values: {} };
      },
      async files(id, person, use) {
        if (!(await summaries.mayEnter(id, person))) return { code: 'forbidden', values: {} };
        return (await rooms.get(id))?.files(person, use) ?? { code: 'not-found', values: {} };
      },
    },
  });
  undo.defer(() => http.close());

  undo.use(
    acceptSockets(http.server, {
      origin: () => origin,
      rooms,
      clock,
      log,
      redeem: (ticket) => tickets.redeem(ticket),
      async admit(id, room) {
        const [person, access] = await Promise.all([store.people.get(id), store.rooms.access(room, id)]);
        return person === null || access === null
          ? null
          : { name: person.name, mayTakePart: access.mayTakePart };
      },
      checkHost: options.trustProxy.length === 0,
    }),
  );

  const parts = undo.move();
  return {
    async listen() {
      await http.listen({ host: options.host, port: options.port });
      const address = http.server.address() as AddressInfo; // a TCP port, so never a string or null
      origin = options.originAt(address.port);
      return origin;
    },
    async ownerLink() {
      return joinUrl(origin, await links.owner());
    },
    async [Symbol.asyncDispose]() {
      // Rooms first: people are told and homes saved while sockets still stand.
      await rooms[Symbol.asyncDispose]();
      await parts.disposeAsync();
    },
  };
}
