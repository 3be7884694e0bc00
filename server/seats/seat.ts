/**
 * A seat (練習環境) is an attempt's running half: sandbox, world and credentials, made and ended as one.
 * It is rebuilt from the attempt at any time; it knows nothing of rooms, terminals or people's names.
 */

import { createHash } from 'node:crypto';
import type { ErrorCode } from '#protocol/errors.ts';
import type { Call, World, WorldSeed, Worlds } from '../aws/practice/world.ts';
import type { SeatAws } from '../aws/seat-aws.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { Missing, Pty, Sandbox, SandboxDriver } from '../sandbox/sandbox.ts';
import type { Store } from '../store/store.ts';

export interface SeatSpec {
  readonly attempt: string;
  readonly lab: string;
  readonly limits: { readonly memoryMiB: number; readonly pids: number; readonly homeMiB: number };
  /** Actions that the lab declares: the session policy is made from them. */
  readonly allow: readonly string[];
  /** Hex, secret. */
  readonly random: string;
  readonly ecs: WorldSeed['ecs'];
  /** Who answers for it; `own`: nobody shares it. */
  readonly owner: { readonly person: string; readonly own: boolean };
}

/** One own, and two rooms that a person leads at the same time: one guest must not take all seats. */
const SEATS_PER_PERSON = 3;
/** How often a home is saved: what a crash may cost. */
const HOME_EVERY_MS = 60_000;

export interface SeatsDeps {
  readonly driver: SandboxDriver;
  readonly worlds: Worlds;
  /** The account in which an attempt's world begins, with the lab's own things in it. */
  readonly worldSeed: (spec: Pick<SeatSpec, 'random' | 'ecs'>) => WorldSeed;
  readonly makeAws: (
    options: Pick<SeatSpec, 'lab' | 'allow' | 'random'> & { readonly world: World; readonly seat: string },
  ) => SeatAws;
  readonly store: Pick<Store, 'attempts' | 'worlds'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Seats that may live at once. */
  readonly most: number;
}

export type Opened =
  | { readonly ok: true; readonly seat: Seat }
  | { readonly ok: false; readonly code: 'no-shells' | 'seats-full' | 'shell-failed' };

export class Seats implements AsyncDisposable {
  readonly #deps: SeatsDeps;
  readonly #live = new Map<string, Seat>();
  #opening = 0;
  #missing: readonly Missing[] | null = null;

  constructor(deps: SeatsDeps) {
    this.#deps = deps;
  }

  /** Why shells cannot run on this host; empty when they can. Looked at once, then remembered. */
  async missing(): Promise<readonly Missing[]> {
    this.#missing ??= await this.#deps.driver.check();
    return this.#missing;
  }

  get live(): number {
    return this.#live.size;
  }

  /** Makes the seat of an attempt, with world and home as they were saved. */
  async open(spec: SeatSpec): Promise<Opened> {
    if ((await this.missing()).length > 0) return { ok: false, code: 'no-shells' };
    const known = this.#live.get(spec.attempt);
    if (known !== undefined) return { ok: true, seat: known };
    await this.#makeRoomFor(spec);
    const theirs = this.#seatsOf(spec.owner.person).length;
    if (theirs >= SEATS_PER_PERSON || this.#live.size + this.#opening >= this.#deps.most) {
      return { ok: false, code: 'seats-full' };
    }
    this.#opening += 1;
    try {
      const seat = await makeSeat(this.#deps, spec);
      this.#live.set(spec.attempt, seat);
      void seat.ended.then(() => this.#live.delete(spec.attempt));
      return { ok: true, seat };
    } catch (error) {
      this.#deps.log.error({ err: error, attempt: spec.attempt }, 'a seat could not be made');
      return { ok: false, code: 'shell-failed' };
    } finally {
      this.#opening -= 1;
    }
  }

  /** A person has at most one own seat: another one is saved and put away. */
  async #makeRoomFor({ owner }: SeatSpec): Promise<void> {
    if (!owner.own) return;
    const others = this.#seatsOf(owner.person).filter((seat) => seat.owner.own);
    await Promise.all(others.map((seat) => seat.end('opened-elsewhere')));
  }

  #seatsOf(person: string): readonly Seat[] {
    return [...this.#live.values()].filter((seat) => seat.owner.person === person);
  }

  /** Saves and ends every seat. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#live.values()].map((seat) => seat[Symbol.asyncDispose]()));
  }
}

async function makeSeat(deps: SeatsDeps, spec: SeatSpec): Promise<Seat> {
  const id = newId();
  await using undo = new AsyncDisposableStack();
  // World and home have nothing to do with each other: both are fetched at once.
  const [world, home] = await Promise.all([
    deps.worlds.open(spec.attempt, deps.worldSeed(spec), {
      read: () => deps.store.worlds.read(spec.attempt),
      append: (n, entry) => deps.store.worlds.append(spec.attempt, n, entry),
    }),
    deps.store.attempts.home(spec.attempt),
  ]);
  undo.use(world);
  const aws = deps.makeAws({ ...spec, world, seat: id });
  undo.use(aws);
  const sandbox = await deps.driver.create({
    id,
    ...spec.limits,
    env: aws.env,
    files: aws.files,
    home: home?.tar ?? null,
  });
  undo.use(sandbox);
  for (const { port, onConnection } of aws.ports) await sandbox.forward(port, onConnection);
  return new Seat({ deps, spec, world, aws, sandbox, parts: undo.move() });
}

interface SeatParts {
  readonly deps: SeatsDeps;
  readonly spec: SeatSpec;
  readonly world: World;
  readonly aws: SeatAws;
  readonly sandbox: Sandbox;
  readonly parts: AsyncDisposableStack;
}

export class Seat implements AsyncDisposable {
  /** Resolves when the sandbox is gone, however it ended. */
  readonly ended: Promise<{ readonly reason: string }>;
  readonly #parts: SeatParts;
  /** Why it was put away, or null when it ended by itself or with the server. */
  endedFor: ErrorCode | null = null;
  owner: SeatSpec['owner'];
  #savedHash: string | null = null;
  #gone = false;
  #cancelSave: (() => void) | null = null;
  #disposed: Promise<void> | null = null;

  constructor(parts: SeatParts) {
    this.#parts = parts;
    this.owner = parts.spec.owner;
    this.ended = parts.sandbox.ended;
    void this.ended.then(() => {
      this.#gone = true;
      return this[Symbol.asyncDispose]();
    });
    this.#saveLater();
  }

  openPty(cols: number, rows: number): Promise<Pty> {
    return this.#parts.sandbox.openPty({ cols, rows });
  }

  /** Credentials follow the driver; with null the endpoint refuses, and says why. */
  setPerson(person: string | null): void {
    this.#parts.aws.setPerson(person);
  }

  identity(): ReturnType<SeatAws['identity']> {
    return this.#parts.aws.identity();
  }

  /** Values that the shell can print and watchers must not see: those that exist, and each new one before it can be printed. */
  onSecret(listener: (value: string) => void): () => void {
    return this.#parts.aws.onSecret(listener);
  }

  onCall(listener: (call: Call) => void): () => void {
    return this.#parts.world.onCall(listener);
  }

  calls(since: number): Promise<readonly Call[]> {
    return this.#parts.world.calls(since);
  }

  /** The room became a mob: the seat is its, no longer one person's own. */
  share(): void {
    this.owner = { ...this.owner, own: false };
  }

  /** Resolves when the home is on disk; one that has not changed is left as it is there. */
  async save(): Promise<void> {
    const { sandbox, spec, deps } = this.#parts;
    const tar = await sandbox.saveHome();
    const hash = createHash('sha256').update(tar).digest('hex');
    if (hash === this.#savedHash) return;
    await deps.store.attempts.saveHome(spec.attempt, tar, deps.clock.now());
    this.#savedHash = hash;
  }

  /** Saves and ends it for this reason. */
  end(code: ErrorCode): Promise<void> {
    this.endedFor = code;
    return this[Symbol.asyncDispose]();
  }

  /** Saves, then ends everything. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#end();
    return this.#disposed;
  }

  async #end(): Promise<void> {
    this.#cancelSave?.();
    if (!this.#gone) {
      await this.save().catch((error: unknown) => {
        this.#parts.deps.log.warn({ err: error }, 'a home was not saved when its seat ended');
      });
    }
    await this.#parts.parts.disposeAsync();
  }

  /** Whatever changes it: a program in the background writes without a key or a word. */
  #saveLater(): void {
    this.#cancelSave = this.#parts.deps.clock.after(HOME_EVERY_MS, () => {
      this.save()
        .catch((error: unknown) => this.#parts.deps.log.warn({ err: error }, 'a home was not saved'))
        .finally(() => {
          if (this.#disposed === null) this.#saveLater();
        });
    });
  }
}
