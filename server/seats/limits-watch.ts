/** Looks at what a seat uses and which of its limits are hit; tells the page, and whoever has a terminal to say it in. */
import type { LimitKind, SeatUsage } from '#protocol/seat.ts';
import type { Clock } from '../lib/clock.ts';
import type { Sandbox, SandboxUsage, Share } from '../sandbox/sandbox.ts';
import { TOOK_TERMINALS } from '../sandbox/terminal-pool.ts';
import { limitWords } from './limit-words.ts';
import type { SeatNews } from './seat-news.ts';
import type { SeatSpec } from './seat-spec.ts';

const LOOK_EVERY_MS = 4000;
const MIB = 1024 * 1024;
/** Told in these steps, so that nothing is told when nothing worth seeing has changed. */
const MEMORY_STEP = MIB;
const HOME_STEP = MIB / 8;
const CPU_STEP = 0.1;
/** As a sandbox does for its kinds. */
const QUIET_MS = 10_000;
/** A program that was ended has given its memory back by then. */
const GIVEN_BACK_MS = 2000;
const STILL_FULL = 0.95;

export interface LimitsWatchDeps {
  readonly sandbox: Pick<Sandbox, 'usage' | 'onLimit' | 'ended'>;
  readonly limits: SeatSpec['limits'];
  readonly news: Pick<SeatNews, 'tell'>;
  readonly clock: Clock;
}

export class LimitsWatch implements Disposable {
  readonly #deps: LimitsWatchDeps;
  readonly #listeners = new Set<(words: string) => void>();
  readonly #stopHearing: () => void;
  #cancelLook: () => void = () => undefined;
  #last: { readonly cpuMs: number; readonly at: number } | null = null;
  #told = '';
  /** When a program was last ended for memory, until the look after it. */
  #memoryHitAt: number | null = null;
  #floodAt = Number.NEGATIVE_INFINITY;
  #disposed = false;

  constructor(deps: LimitsWatchDeps) {
    this.#deps = deps;
    this.#stopHearing = deps.sandbox.onLimit((kind) => this.#hit(kind));
    void deps.sandbox.ended.then(({ reason }) => {
      if (!this.#disposed) this.#hit(reason === TOOK_TERMINALS ? 'terminals' : 'agent');
      this[Symbol.dispose]();
    });
    void this.#look();
  }

  /** Hears a line in both languages for the terminals of the seat, whenever a limit is hit. */
  onLimit(listener: (words: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A terminal prints without end while nobody looks, and is held up. */
  flooded(): void {
    const now = this.#deps.clock.now();
    if (this.#disposed || now - this.#floodAt < QUIET_MS) return;
    this.#floodAt = now;
    this.#hit('output');
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancelLook();
    this.#stopHearing();
    this.#listeners.clear();
  }

  #hit(kind: LimitKind): void {
    const { news, clock, limits } = this.#deps;
    news.tell({ limit: { kind, at: clock.now() } });
    if (kind === 'memory') this.#memoryHitAt = clock.now();
    // Whoever opens the drawer now finds the number beside the sentence.
    void this.#look();
    const words = limitWords(kind, limits);
    if (words === null) return;
    for (const listener of [...this.#listeners]) listener(words);
  }

  async #look(): Promise<void> {
    const { sandbox, clock, news } = this.#deps;
    const found = await sandbox.usage().catch(() => null); // it is gone, and `ended` says so
    if (this.#disposed || found === null) return;
    const usage = { ...rounded(found), cpu: this.#cpuSince(found.cpuMs) };
    const text = JSON.stringify(usage);
    const counted = Object.values(usage).some((each) => each !== null);
    if (counted && text !== this.#told) news.tell({ usage });
    this.#told = text;
    this.#cancelLook();
    this.#cancelLook = clock.after(LOOK_EVERY_MS, () => void this.#look());
    this.#lookForFiles(found.memory);
  }

  /** What no program has, files have: a home and /tmp with very many empty ones are not even full. */
  #lookForFiles(memory: Share | null): void {
    const at = this.#memoryHitAt;
    if (at === null || this.#deps.clock.now() - at < GIVEN_BACK_MS) return;
    this.#memoryHitAt = null;
    if (memory !== null && memory.used > memory.limit * STILL_FULL) this.#hit('memory-files');
  }

  #cpuSince(cpuMs: number | null): number | null {
    const last = this.#last;
    const at = this.#deps.clock.now();
    if (cpuMs === null) return null;
    this.#last = { cpuMs, at };
    if (last === null || at <= last.at) return 0;
    const share = Math.max(0, cpuMs - last.cpuMs) / (at - last.at);
    return Math.round(share / CPU_STEP) / (1 / CPU_STEP);
  }
}

function rounded({ memory, processes, home }: SandboxUsage): Omit<SeatUsage, 'cpu'> {
  return { memory: inSteps(memory, MEMORY_STEP), processes, home: inSteps(home, HOME_STEP) };
}

function inSteps(share: Share | null, step: number): Share | null {
  return share === null ? null : { ...share, used: Math.round(share.used / step) * step };
}
