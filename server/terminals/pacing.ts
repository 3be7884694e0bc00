/**
 * Pauses and resumes a pty by who is furthest behind among driver and mirror. A driver that is hidden,
 * gone, or silent for too long paces nobody: the shell goes on without it, by an allowance.
 */
import { ACK_TIMEOUT_MS, COALESCE_MS, MIB } from '#protocol/limits.ts';
import type { Clock } from '../lib/clock.ts';
import type { Pty } from '../sandbox/sandbox.ts';
import { Allowance } from './allowance.ts';
import type { Viewer } from './viewer.ts';

/**
 * The mirror may lag further than the driver: it catches up at 69 MB/s as soon as output pauses. The
 * marks lie close, so that the shell goes on while it parses: a core each, not one after the other.
 */
const MIRROR_WATER = { high: 4 * MIB, low: 3.5 * MIB } as const;
/** While somebody waits for a screen, what comes after it must still be in the log when it is drawn. */
const SCREEN_WATER = { high: MIB, low: 0.75 * MIB } as const;

interface Output {
  /** Offset after the last byte that was read from the pty. */
  end(): number;
  /** Bytes that the mirror was given and has not parsed. */
  mirrorLag(): number;
  /** Somebody is about to be repainted. */
  screenWanted(): boolean;
  /** The allowance of output that nobody needs is spent. */
  flooded(): void;
}

export class Pacing implements Disposable {
  readonly #clock: Clock;
  readonly #output: Output;
  readonly #allowance: Allowance;
  /** Up to here it was counted, or somebody needed it. */
  #counted: number;
  #pty: Pty | null = null;
  #paused = false;
  #driver: Viewer | null = null;
  #cancelWatch: (() => void) | null = null;

  constructor(clock: Clock, output: Output) {
    this.#clock = clock;
    this.#output = output;
    this.#allowance = new Allowance(clock.now());
    this.#counted = output.end();
  }

  /** Whose acknowledgements pace: the tab of the driver that last typed. */
  set driver(viewer: Viewer | null) {
    this.#driver = viewer;
  }

  get driver(): Viewer | null {
    return this.#driver;
  }

  set pty(pty: Pty | null) {
    this.#pty = pty;
    this.#paused = false;
    this.#watch();
  }

  /** True while the pty waits for this viewer: what it has not been sent cannot grow. */
  waitsFor(viewer: Viewer): boolean {
    return viewer === this.#driver && viewer.fitToPace(this.#clock.now());
  }

  update(): void {
    if (this.#pty === null) return;
    const driver = this.#driver;
    const now = this.#clock.now();
    const paces = driver?.fitToPace(now) ?? false;
    const end = this.#output.end();
    if (!paces) this.#allowance.spend(end - this.#counted, now);
    this.#counted = end;
    const spent = !paces && (this.#paused ? !this.#allowance.isEnough(now) : this.#allowance.isSpent(now));
    const lag = driver !== null && paces ? end - driver.acked : 0;
    const { high, low } = driver !== null && paces ? driver.water : { high: 0, low: 1 };
    const mirror = this.#output.mirrorLag();
    const most = this.#output.screenWanted() ? SCREEN_WATER : MIRROR_WATER;
    if (!this.#paused && (spent || lag > high || mirror > most.high)) {
      this.#paused = true;
      if (spent) this.#output.flooded();
      this.#pty.pause();
    } else if (this.#paused && !spent && lag < low && mirror < most.low) {
      this.#paused = false;
      this.#pty.resume();
    }
    this.#watch();
  }

  [Symbol.dispose](): void {
    this.#cancelWatch?.();
    this.#cancelWatch = null;
    this.#pty = null;
  }

  /** While paused, looks again after the ack timeout: a driver that died must not hold the shell. */
  #watch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = this.#paused
      ? this.#clock.after(ACK_TIMEOUT_MS + COALESCE_MS, () => this.update())
      : null;
  }
}
