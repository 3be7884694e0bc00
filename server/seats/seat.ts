/**
 * A seat (練習環境) is an attempt's running half: sandbox, world and credentials, made and ended as one.
 * It is rebuilt from the attempt at any time; it knows nothing of rooms, terminals or people's names.
 */

import { createHash } from 'node:crypto';
import type { ErrorCode } from '#protocol/errors.ts';
import type { SeatView } from '#protocol/seat.ts';
import type { Call, World } from '../aws/practice/world.ts';
import type { SeatAws } from '../aws/seat-aws.ts';
import type { Pty, Sandbox } from '../sandbox/sandbox.ts';
import type { MakeSeatDeps } from './make-seat.ts';
import type { SeatNews } from './seat-news.ts';
import type { SeatSpec } from './seat-spec.ts';
import { Workspace } from './workspace.ts';

/** How often a home is saved: what a crash may cost. */
const HOME_EVERY_MS = 60_000;

interface SeatParts {
  readonly deps: MakeSeatDeps;
  readonly spec: SeatSpec;
  readonly world: World;
  readonly aws: SeatAws;
  readonly sandbox: Sandbox;
  readonly news: SeatNews;
  readonly parts: AsyncDisposableStack;
}

export class Seat implements AsyncDisposable {
  /** Resolves when the sandbox is gone, however it ended. */
  readonly ended: Promise<{ readonly reason: string }>;
  /** Its files. */
  readonly workspace: Workspace;
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
    const { sandbox, spec, deps } = parts;
    this.workspace = new Workspace({ sandbox, homeMiB: spec.limits.homeMiB, clock: deps.clock });
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

  /** What its parts tell the page. */
  onNews(listener: (part: Partial<SeatView>) => void): () => void {
    return this.#parts.news.on(listener);
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
