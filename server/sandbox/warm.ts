/**
 * A driver that keeps a few sandboxes started, of the shapes that were asked for last: taking one is a
 * matter of a millisecond. What is in reserve has never run anybody's program, and is given away once.
 */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { buildEnvironment } from './environment.ts';
import type {
  Missing,
  PreparedSandbox,
  Sandbox,
  SandboxDriver,
  SandboxShape,
  SandboxSpec,
} from './sandbox.ts';
import { shapeKey, shapeOf } from './shape.ts';

/** Whoever has just been given one opens their shell first; of many who come at once, the last. */
const REFILL_AFTER_MS = 150;
/** Memory is looked at this often while something is kept. */
const LOOK_EVERY_MS = 5_000;

export interface WarmOptions {
  readonly driver: SandboxDriver;
  /** Sandboxes in reserve. */
  readonly most: number;
  /** Sandboxes that may live at once, those in reserve included. */
  readonly seats: number;
  /** True while the host has memory for one of this size beside what it needs itself. */
  readonly roomFor: (memoryMiB: number) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

interface Reserve {
  readonly key: string;
  readonly shape: SandboxShape;
  readonly sandbox: PreparedSandbox;
}

export interface WarmDriver extends SandboxDriver, AsyncDisposable {
  /** What is ready to be taken. */
  readonly reserve: number;
}

/** As the driver itself where nothing can be prepared or nothing is to be kept. */
export function createWarmDriver(options: WarmOptions): WarmDriver {
  const { driver } = options;
  const reserves = new Reserves(options);
  let good: Promise<readonly Missing[]> | null = null;
  return {
    name: driver.name,
    /** Looked at once when all is well: whoever starts a server asks more than once. */
    async check() {
      good ??= driver.check();
      const missing = await good;
      if (missing.length > 0) good = null;
      return missing;
    },
    weaknesses: () => driver.weaknesses(),
    create: (spec) => reserves.create(spec),
    get reserve() {
      return reserves.size;
    },
    [Symbol.asyncDispose]: () => reserves[Symbol.asyncDispose](),
  };
}

class Reserves implements AsyncDisposable {
  readonly #options: WarmOptions;
  readonly #ready = new Set<Reserve>();
  /** Shapes that were asked for last, the latest first: what the next people will want. */
  #wanted: readonly { readonly key: string; readonly shape: SandboxShape }[] = [];
  #live = 0;
  #starting = 0;
  #filling: Promise<void> | null = null;
  #cancelFill: (() => void) | null = null;
  #cancelLook: (() => void) | null = null;
  #closed = false;

  constructor(options: WarmOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#ready.size;
  }

  async create(spec: SandboxSpec): Promise<Sandbox> {
    // What is refused takes nothing from the reserve.
    buildEnvironment(spec.env);
    const shape = shapeOf(spec);
    const key = shapeKey(shape);
    if (spec.common) this.#wanted = [{ key, shape }, ...this.#wanted].slice(0, this.#options.most);
    this.#starting += 1;
    try {
      const sandbox = await this.#taken(key, spec);
      this.#live += 1;
      void sandbox.ended.then(() => {
        this.#live -= 1;
      });
      return sandbox;
    } finally {
      this.#starting -= 1;
      this.#fillLater();
    }
  }

  async #taken(key: string, spec: SandboxSpec): Promise<Sandbox> {
    const found = [...this.#ready].find((reserve) => reserve.key === key);
    if (found === undefined) return await this.#options.driver.create(spec);
    this.#ready.delete(found);
    try {
      return await found.sandbox.dress(spec);
    } catch (error) {
      // It died in reserve, or the home does not fit: a fresh one says which.
      this.#options.log.debug({ err: error }, 'a sandbox in reserve was of no use');
      return await this.#options.driver.create(spec);
    }
  }

  #fillLater(): void {
    this.#cancelFill?.();
    if (this.#closed) return;
    this.#cancelFill = this.#options.clock.after(REFILL_AFTER_MS, () => {
      this.#filling ??= this.#fill().finally(() => {
        this.#filling = null;
      });
    });
  }

  /** One at a time, and none while somebody's own is being started. */
  async #fill(): Promise<void> {
    try {
      await this.#giveUp((reserve) => this.#surplus(reserve));
      for (let shape = this.#next(); shape !== null; shape = this.#next()) await this.#keep(shape);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'no sandbox could be started in reserve');
    } finally {
      this.#lookLater();
    }
  }

  async #keep({ key, shape }: { readonly key: string; readonly shape: SandboxShape }): Promise<void> {
    const sandbox = await this.#options.driver.prepare?.(shape);
    if (sandbox === undefined) return;
    if (this.#closed) {
      await sandbox[Symbol.asyncDispose]();
      return;
    }
    const reserve = { key, shape, sandbox };
    this.#ready.add(reserve);
    void sandbox.ended.then(() => this.#ready.delete(reserve));
  }

  /** The next shape of which one is missing, or null. */
  #next(): { readonly key: string; readonly shape: SandboxShape } | null {
    const { driver, seats, roomFor } = this.#options;
    if (this.#closed || this.#starting > 0 || driver.prepare === undefined) return null;
    if (this.#live + this.#ready.size >= seats) return null;
    const kept = [...this.#ready].map(({ key }) => key);
    for (const wanted of this.#wanted) {
      const at = kept.indexOf(wanted.key);
      if (at === -1) return roomFor(wanted.shape.memoryMiB) ? wanted : null;
      kept.splice(at, 1);
    }
    return null;
  }

  /** More of its shape are kept than were asked for lately. */
  #surplus(reserve: Reserve): boolean {
    const alike = [...this.#ready].filter(({ key }) => key === reserve.key);
    const wanted = this.#wanted.filter(({ key }) => key === reserve.key).length;
    return alike.indexOf(reserve) >= wanted;
  }

  #lookLater(): void {
    this.#cancelLook?.();
    if (this.#closed || this.#ready.size === 0) return;
    this.#cancelLook = this.#options.clock.after(LOOK_EVERY_MS, () => {
      const { roomFor, log } = this.#options;
      // What is kept has its memory already: only a host that is short of it wants that back.
      void this.#giveUp(() => !roomFor(0))
        .catch((error: unknown) => log.warn({ err: error }, 'a reserve was not given up'))
        .finally(() => this.#lookLater());
    });
  }

  async #giveUp(which: (reserve: Reserve) => boolean): Promise<void> {
    const given = [...this.#ready].filter(which);
    for (const reserve of given) this.#ready.delete(reserve);
    await Promise.all(given.map(({ sandbox }) => sandbox[Symbol.asyncDispose]()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#cancelFill?.();
    this.#cancelLook?.();
    await this.#giveUp(() => true);
    await this.#filling;
  }
}
