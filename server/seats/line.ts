/**
 * The line of those who wait for a seat: first come, first served, and only a few started at once, so that
 * a class that comes in one second is served one after another instead of all at the end. It counts and
 * measures; it knows no seats, no people and no rooms.
 */

import { SECOND } from '#protocol/limits.ts';
import type { Queue } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import { Throttle } from '../lib/throttle.ts';

/** Who is served within this time hears nothing of a line. */
const UNTOLD_MS = 400;
/** Places move at once when one is served; each is told to a whole room. */
const TELL_EVERY_MS = 500;
/** While somebody waits, estimates are made anew. */
const LOOK_EVERY_MS = 2 * SECOND;
/** The last start counts for a fifth of the average. */
const WEIGHT = 0.2;
/** Ends of seats from which the next ones are guessed. */
const ENDS_KEPT = 10;

export interface LineOptions {
  /** Seats that may be taken at once. */
  readonly most: number;
  /** Starts that may be under way at once. */
  readonly startsAtOnce: number;
  /** So many would have to end for everybody to be served: asked again while that is so. */
  readonly onCrowded: (needed: number) => void;
  readonly clock: Clock;
}

/** Freed once, however often it is said. */
export interface Slot {
  free(): void;
}

/** A start that is under way. */
export interface Turn {
  readonly slot: Slot;
  /** It is over; the time it took counts for the estimates when it went well. */
  done(well: boolean): void;
}

export interface Place {
  /** Null when the place was given up. */
  readonly turn: Promise<Turn | null>;
  leave(): void;
}

interface Waiter {
  /** A slot that it has already: it waits for its start alone. */
  readonly held: Slot | null;
  readonly tell: (queue: Queue) => void;
  readonly serve: (turn: Turn | null) => void;
  /** It has waited long enough to hear of the line. */
  patient: boolean;
  told: Queue | null;
}

export class Line implements Disposable {
  readonly #options: LineOptions;
  readonly #waiting: Waiter[] = [];
  readonly #telling: Throttle;
  #taken = 0;
  #starting = 0;
  #startMs: number | null = null;
  /** When seats ended, the latest last. */
  #ends: readonly number[] = [];
  /** When further ones are likely to, soonest first. */
  #expected: readonly number[] = [];
  #cancelLook: (() => void) | null = null;
  #closed = false;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#telling = new Throttle(options.clock, TELL_EVERY_MS, () => this.#tell());
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** To the end of the line; `tell` hears the place and the estimate, whenever they change. */
  enter(tell: (queue: Queue) => void, held: Slot | null = null): Place {
    const { promise, resolve } = Promise.withResolvers<Turn | null>();
    if (this.#closed) {
      resolve(null);
      return { turn: promise, leave: () => undefined };
    }
    const waiter: Waiter = { held, tell, serve: resolve, patient: false, told: null };
    this.#waiting.push(waiter);
    this.#advance();
    if (this.#waiting.includes(waiter)) {
      this.#options.clock.after(UNTOLD_MS, () => {
        waiter.patient = true;
        this.#telling.ask();
      });
      this.#look();
    }
    return { turn: promise, leave: () => this.#leave(waiter) };
  }

  /** When slots are likely to become free, by the clock, soonest first. */
  expect(times: readonly number[]): void {
    this.#expected = times;
    this.#telling.ask();
  }

  /** Nobody is served any more. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#cancelLook?.();
    this.#telling[Symbol.dispose]();
    for (const waiter of this.#waiting.splice(0)) waiter.serve(null);
  }

  #leave(waiter: Waiter): void {
    const at = this.#waiting.indexOf(waiter);
    if (at === -1) return;
    this.#waiting.splice(at, 1);
    waiter.serve(null);
    this.#telling.ask();
  }

  /** Serves whoever can be served: the first, or the first with a slot when there are no others. */
  #advance(): void {
    while (this.#starting < this.#options.startsAtOnce) {
      const free = this.#taken < this.#options.most;
      const at = this.#waiting.findIndex(({ held }) => free || held !== null);
      const [waiter] = at === -1 ? [] : this.#waiting.splice(at, 1);
      if (waiter === undefined) return;
      waiter.serve(this.#turn(waiter.held ?? this.#take()));
      this.#telling.ask();
    }
  }

  #take(): Slot {
    this.#taken += 1;
    let taken = true;
    return {
      free: () => {
        if (!taken) return;
        taken = false;
        this.#taken -= 1;
        this.#ends = [...this.#ends, this.#options.clock.now()].slice(-ENDS_KEPT);
        this.#advance();
      },
    };
  }

  #turn(slot: Slot): Turn {
    const { clock } = this.#options;
    const begun = clock.now();
    let under = true;
    this.#starting += 1;
    return {
      slot,
      done: (well) => {
        if (!under) return;
        under = false;
        this.#starting -= 1;
        if (well) this.#measured(clock.now() - begun);
        this.#advance();
      },
    };
  }

  #measured(ms: number): void {
    this.#startMs = this.#startMs === null ? ms : this.#startMs + WEIGHT * (ms - this.#startMs);
  }

  #tell(): void {
    this.#waiting.forEach((waiter, index) => {
      if (!waiter.patient) return;
      const queue = { place: index + 1, waitMs: this.#estimate(index + 1) };
      if (queue.place === waiter.told?.place && queue.waitMs === waiter.told.waitMs) return;
      waiter.told = queue;
      waiter.tell(queue);
    });
  }

  /** In whole seconds: nobody believes more. */
  #estimate(place: number): number | null {
    const slot = this.#waitForSlot(place - Math.max(0, this.#options.most - this.#taken));
    const start = this.#startMs;
    if (slot === null || start === null) return null;
    const ms = slot + Math.ceil(place / this.#options.startsAtOnce) * start;
    return Math.max(1, Math.ceil(ms / SECOND)) * SECOND;
  }

  /** Until so many seats have ended, or null when nothing is known of that. */
  #waitForSlot(ends: number): number | null {
    if (ends <= 0) return 0;
    const now = this.#options.clock.now();
    const known = this.#expected[ends - 1];
    if (known !== undefined) return Math.max(0, known - now);
    const [first] = this.#ends;
    if (first === undefined || this.#ends.length < 2) return null;
    const last = Math.max(0, (this.#expected.at(-1) ?? now) - now);
    return last + ((ends - this.#expected.length) * (now - first)) / this.#ends.length;
  }

  #look(): void {
    if (this.#cancelLook !== null || this.#closed) return;
    const needed = this.#waiting.filter(({ held }) => held === null).length;
    const free = Math.max(0, this.#options.most - this.#taken);
    if (needed > free) this.#options.onCrowded(needed - free);
    this.#telling.ask();
    this.#cancelLook = this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#cancelLook = null;
      if (this.#waiting.length > 0) this.#look();
    });
  }
}
