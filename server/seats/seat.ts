/**
 * A seat (練習環境) is an attempt's running half: sandbox, world and credentials, made and ended as one.
 * It is rebuilt from the attempt at any time; it knows nothing of rooms, terminals or people's names.
 */

import { createHash } from 'node:crypto';
import type { ErrorCode } from '#protocol/errors.ts';
import type { SeatView, UnsavedView } from '#protocol/seat.ts';
import type { Call, World } from '../aws/practice/world.ts';
import type { SeatAws } from '../aws/seat-aws.ts';
import { Queue } from '../lib/queue.ts';
import { HomeUnsaved } from '../sandbox/home-tar.ts';
import type { Pty, Sandbox } from '../sandbox/sandbox.ts';
import { StoreError } from '../store/error.ts';
import type { SeatLease } from './lease.ts';
import type { LimitsWatch } from './limits-watch.ts';
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
  readonly limits: LimitsWatch;
  readonly lease: SeatLease | null;
  readonly renewPreviews: () => void;
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
  /** Another one, of its attempt or its person, is about to take its place. */
  comesBack = false;
  owner: SeatSpec['owner'];
  /** One after another: a slow save never overlaps the next. */
  readonly #saves = new Queue();
  #savedHash: string | null = null;
  /** Whether the page was told that homes are not being saved. */
  #unsaved = false;
  readonly #noticeListeners = new Set<(words: string) => void>();
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
    parts.news.onWords((words) => this.#notice(words));
    parts.lease?.run(
      (minutes) => this.#notice(leaseWords(minutes)),
      () => void this.end('lease-over'),
    );
  }

  /** It is being saved for the last time, or is gone. */
  get ending(): boolean {
    return this.#disposed !== null;
  }

  openPty(cols: number, rows: number): Promise<Pty> {
    return this.#parts.sandbox.openPty({ cols, rows });
  }

  /** Credentials follow the driver; with null the endpoint refuses, and says why. */
  setPerson(person: string | null): void {
    this.#parts.aws.setPerson(person);
  }

  /** Its web pages move to addresses that nobody knows yet, and whoever is here is told them. */
  renewPreviews(): void {
    if (this.#disposed === null) this.#parts.renewPreviews();
  }

  identity(): ReturnType<SeatAws['identity']> {
    return this.#parts.aws.identity();
  }

  /** Hears a line for its terminals whenever a limit is hit. */
  onLimit(listener: (words: string) => void): () => void {
    return this.#parts.limits.onLimit(listener);
  }

  /** One of its terminals prints without end while nobody looks. */
  flooded(): void {
    this.#parts.limits.flooded();
  }

  /** What its parts tell the page. */
  onNews(listener: (part: Partial<SeatView>) => void): () => void {
    return this.#parts.news.on(listener);
  }

  /** Values that the shell can print and watchers must not see: those that exist, and each new one before it can be printed. */
  onSecret(listener: (value: string) => void): () => void {
    return this.#parts.aws.onSecret(listener);
  }

  /** Words that belong into its terminals. */
  onNotice(listener: (words: string) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => this.#noticeListeners.delete(listener);
  }

  /** Where its lab asks for an end, that moves on. */
  extendLease(): Promise<ErrorCode | null> {
    return this.#parts.lease?.extend() ?? Promise.resolve('bad-request');
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
  save(): Promise<void> {
    return this.#saves.run(async () => {
      if (this.#gone) return;
      try {
        await this.#parts.deps.saves.run(() => this.#saveNow());
        if (this.#unsaved) this.#tellUnsaved(null);
      } catch (error) {
        // Said once, until it is over; a sandbox that has just ended has nothing to say any more.
        if (!this.#unsaved && !this.#gone) {
          this.#tellUnsaved({ since: this.#parts.deps.clock.now(), why: whyUnsaved(error) });
        }
        throw error;
      }
    });
  }

  async #saveNow(): Promise<void> {
    const { sandbox, spec, deps } = this.#parts;
    if (this.#gone) return; // while it waited for its turn
    const tar = await sandbox.saveHome();
    const hash = createHash('sha256').update(tar).digest('hex');
    if (hash === this.#savedHash || this.#gone) return;
    await deps.store.attempts.saveHome(spec.attempt, tar, deps.clock.now());
    this.#savedHash = hash;
  }

  #notice(words: string): void {
    for (const listener of this.#noticeListeners) listener(words);
  }

  #tellUnsaved(unsaved: SeatView['unsaved']): void {
    this.#unsaved = unsaved !== null;
    this.#parts.news.tell({ unsaved });
  }

  /** Ends it as it is on disk: from then on it stores nothing. */
  async leave(): Promise<void> {
    this.#gone = true;
    this.comesBack = true;
    await Promise.all([this[Symbol.asyncDispose](), this.#saves.idle()]);
    await this.ended;
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

function whyUnsaved(error: unknown): UnsavedView['why'] {
  if (error instanceof HomeUnsaved) return error.why;
  return error instanceof StoreError ? 'disk' : 'other';
}

/** In the terminal that everybody shares, so in both languages. */
function leaseWords(minutes: number): string {
  return `あと${minutes}分で、保存して終わります。 / Saved and closed in ${minutes} minutes.`;
}
