/** Puts a seat together out of its parts; what was made is undone when a later part fails. */
import type { WorldSeed } from '../aws/practice/seed.ts';
import type { World, Worlds } from '../aws/practice/world.ts';
import type { SeatAws } from '../aws/seat-aws.ts';
import type { Network } from '../egress/network.ts';
import { createSeatEgress } from '../egress/seat-egress.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { Slots } from '../lib/slots.ts';
import type { SandboxDriver } from '../sandbox/sandbox.ts';
import type { Store } from '../store/store.ts';
import { SeatLease } from './lease.ts';
import { LimitsWatch } from './limits-watch.ts';
import type { Previews } from './previews.ts';
import { Seat } from './seat.ts';
import { SeatNews } from './seat-news.ts';
import type { SeatSpec } from './seat-spec.ts';
import type { PostgresTemplate } from './services/postgres-template.ts';
import { Services } from './services/services.ts';

export interface MakeSeatDeps {
  readonly driver: SandboxDriver;
  /** Makes the sandboxes of services: none is kept in reserve for them. */
  readonly companions: SandboxDriver;
  readonly worlds: Worlds;
  /** The account in which an attempt's world begins, with the lab's own things in it. */
  readonly worldSeed: (spec: Pick<SeatSpec, 'random' | 'world'>) => WorldSeed;
  readonly makeAws: (
    options: Pick<SeatSpec, 'lab' | 'allow' | 'random'> & { readonly world: World; readonly seat: string },
  ) => SeatAws;
  /** The outside, for what labs list. */
  readonly network: Network;
  readonly previews: Previews;
  /** What each seat's PostgreSQL begins with. */
  readonly postgres: PostgresTemplate;
  readonly store: Pick<Store, 'attempts' | 'worlds' | 'leases'>;
  /** Homes that may be in the server's memory at once, on their way to disk. */
  readonly saves: Slots;
  readonly clock: Clock;
  readonly log: Log;
}

export async function makeSeat(deps: MakeSeatDeps, spec: SeatSpec): Promise<Seat> {
  const id = newId();
  await using undo = new AsyncDisposableStack();
  // World and home have nothing to do with each other: both are fetched at once.
  const fetching = deps.store.attempts.home(spec.attempt);
  fetching.catch(() => undefined); // heard below, once the world can be undone
  const world = undo.use(
    await deps.worlds.open(spec.attempt, deps.worldSeed(spec), {
      read: () => deps.store.worlds.read(spec.attempt),
      append: (n, entry) => deps.store.worlds.append(spec.attempt, n, entry),
    }),
  );
  const home = await fetching;
  const aws = deps.makeAws({ ...spec, world, seat: id });
  undo.use(aws);
  const news = new SeatNews();
  const egress = createSeatEgress({
    ...deps,
    seat: id,
    listed: spec.egress,
    tell: (view) => news.tell({ egress: view }),
    say: (words) => news.say(words),
  });
  undo.use(egress);
  // Before the sandbox: they start beside it, and it waits for none.
  const services = undo.use(
    new Services({ ...deps, driver: deps.companions }, spec, (part) => news.tell(part)),
  );
  const sandbox = await deps.driver.create({
    id,
    ...spec.limits,
    env: { ...aws.env, ...egress.env },
    files: aws.files,
    home: home?.tar ?? null,
    common: true,
  });
  undo.use(sandbox);
  for (const { port, onConnection } of [...aws.ports, ...egress.ports]) {
    await sandbox.forward(port, onConnection);
  }
  await services.forwardInto(sandbox);
  const previews = spec.previews.map((port) => ({
    port,
    preview: undo.use(deps.previews.open({ port, connect: () => sandbox.connect(port) })),
  }));
  const tellPreviews = () =>
    news.tell({ previews: previews.map(({ port, preview: { url } }) => ({ port, url })) });
  if (previews.length > 0) {
    tellPreviews();
    undo.defer(() => news.tell({ previews: [] }));
  }
  const renewPreviews = () => {
    for (const { preview } of previews) preview.renew();
    if (previews.length > 0) tellPreviews();
    services.renewPreviews();
  };
  // Last: what it took to begin is no time of the learner's.
  const lease =
    spec.lease === null
      ? null
      : undo.use(
          await SeatLease.begin({
            attempt: spec.attempt,
            asked: spec.lease,
            leases: deps.store.leases,
            clock: deps.clock,
            tell: (part) => news.tell(part),
          }),
        );
  const limits = undo.use(new LimitsWatch({ ...deps, sandbox, limits: spec.limits, news }));
  const parts = undo.move();
  return new Seat({ deps, spec, world, aws, sandbox, news, limits, lease, renewPreviews, parts });
}
