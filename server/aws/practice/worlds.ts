/**
 * Practice AWS from outside: worlds that live in worker threads, behind the async `World` interface.
 * It knows no seat, no lab and no store but the `WorldLog` that it is handed.
 */
import type { Clock } from '../../lib/clock.ts';
import { wallClock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { LIMITS } from './limits.ts';
import { OpenWorld } from './open-world.ts';
import type { WorldSeed } from './seed.ts';
import { WorkerLink } from './worker-link.ts';
import type { World, WorldLog, Worlds } from './world.ts';

export interface WorldsOptions {
  /** Worker threads; worlds are spread over them. */
  readonly workers?: number;
  readonly clock?: Clock;
  /** Told of crashes, never of requests. */
  readonly log?: Pick<Log, 'warn'>;
  readonly heapMiB?: number;
}

export function createWorlds(options: WorldsOptions = {}): Worlds {
  const { workers = 1, clock = wallClock, log, heapMiB = LIMITS.workerHeapMiB } = options;
  const links = Array.from(
    { length: workers },
    () => new WorkerLink({ heapMiB, clock, ...(log && { log }) }),
  );
  // Threads take a third of a second to start: before the first learner waits for one.
  for (const link of links) link.warm();
  const worlds = new Map<string, { readonly world: Promise<OpenWorld>; openers: number }>();
  let next = 0;

  const enter = (id: string, seed: WorldSeed, worldLog: WorldLog) => {
    const known = worlds.get(id);
    if (known) return known;
    const link = links[next++ % links.length];
    if (!link) throw new Error('Practice AWS needs at least one worker.');
    const held = { world: OpenWorld.open({ id, seed, log: worldLog, link, clock }), openers: 0 };
    worlds.set(id, held);
    return held;
  };

  return {
    async open(id: string, seed: WorldSeed, worldLog: WorldLog): Promise<World> {
      const held = enter(id, seed, worldLog);
      held.openers++;
      const leave = async () => {
        if (--held.openers > 0 || worlds.get(id) !== held) return;
        worlds.delete(id);
        await (await held.world).close();
      };
      try {
        return handleTo(await held.world, leave);
      } catch (error) {
        if (worlds.get(id) === held) worlds.delete(id);
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      worlds.clear();
      await Promise.all(links.map((link) => link.close()));
    },
  };
}

/** What one opener holds: two opens of one id are one world, gone when the last of them lets go. */
function handleTo(world: OpenWorld, leave: () => Promise<void>): World {
  let left: Promise<void> | null = null;
  const unsubscribes = new Set<() => void>();
  return {
    handle: (request) => world.handle(request),
    calls: (since) => Promise.resolve(world.calls(since)),
    onCall(listener) {
      const off = world.onCall(listener);
      unsubscribes.add(off);
      return () => {
        off();
        unsubscribes.delete(off);
      };
    },
    inspect: (action, params) => world.inspect(action, params),
    forward: (ms) => world.forward(ms),
    picture: () => world.picture(),
    [Symbol.asyncDispose]() {
      for (const off of unsubscribes) off();
      left ??= leave();
      return left;
    },
  };
}
