/** All seats of this node: how many live at once, whose they are, and who waits for one. */
import type { Queue } from '#protocol/messages.ts';
import type { Log } from '../lib/log.ts';
import { Slots } from '../lib/slots.ts';
import type { Missing } from '../sandbox/sandbox.ts';
import { Line, type Slot } from './line.ts';
import { type MakeSeatDeps, makeSeat } from './make-seat.ts';
import type { Seat } from './seat.ts';
import type { SeatSpec } from './seat-spec.ts';

/** One own, a fork, and two rooms that a person leads at the same time: one guest must not take all seats. */
const SEATS_PER_PERSON = 4;
/** More at once are no faster together, and each of them is slower. */
const STARTS_AT_ONCE = 4;
/** Each may take twice the size of a home in the server's memory; one that stands still holds up no other. */
const SAVES_AT_ONCE = 3;
/** A seat that is made anew keeps its place for this long. */
const COMES_BACK_MS = 30_000;

export interface SeatsDeps extends Omit<MakeSeatDeps, 'saves'> {
  readonly log: Log;
  /** Seats that may live at once. */
  readonly most: number;
}

/** `code` null: the wait was given up. */
export type Opened =
  | { readonly ok: true; readonly seat: Seat }
  | { readonly ok: false; readonly code: 'no-shells' | 'seats-full' | 'shell-failed' | null };

export interface Waiting {
  /** Hears the place in line, as it changes; not at all by who is served at once. */
  readonly queued: (queue: Queue) => void;
  /** Gives the place up. */
  readonly signal: AbortSignal;
}

/** Ends what nobody looks at, as many as are needed, and says when more could be ended, soonest first. */
export type Relief = (needed: number) => Promise<readonly number[]>;

interface Live {
  readonly seat: Seat;
  /** Null when it was given to the seat that takes its place. */
  slot: Slot | null;
}

export class Seats implements AsyncDisposable {
  readonly #deps: SeatsDeps;
  readonly #saves = new Slots({ atOnce: SAVES_AT_ONCE, mayWait: Number.POSITIVE_INFINITY });
  readonly #live = new Map<string, Live>();
  /** Attempts that are on their way to a seat, and for whom. */
  readonly #coming = new Map<string, string>();
  /** Slots of seats that are made anew, by whose they are. */
  readonly #kept = new Map<string, Slot>();
  readonly #line: Line;
  #relief: Relief | null = null;
  #looking: Promise<readonly Missing[]> | null = null;

  constructor(deps: SeatsDeps) {
    this.#deps = deps;
    this.#line = new Line({
      most: deps.most,
      startsAtOnce: STARTS_AT_ONCE,
      clock: deps.clock,
      onCrowded: (needed) => void this.#relieve(needed),
    });
  }

  /** Why shells cannot run on this host; empty when they can. Looked at until they can, by one at a time. */
  async missing(): Promise<readonly Missing[]> {
    this.#looking ??= this.#deps.driver.check();
    let well = false;
    try {
      const missing = await this.#looking;
      well = missing.length === 0;
      return missing;
    } finally {
      if (!well) this.#looking = null;
    }
  }

  get live(): number {
    return this.#live.size;
  }

  /** Asked whenever somebody waits for a seat to end. */
  relieveBy(relief: Relief): void {
    this.#relief = relief;
  }

  /** Makes the seat of an attempt, with world and home as they were saved, as soon as there is one. */
  async open(spec: SeatSpec, waiting?: Waiting): Promise<Opened> {
    if ((await this.missing()).length > 0) return { ok: false, code: 'no-shells' };
    const known = this.#live.get(spec.attempt);
    if (known !== undefined) return { ok: true, seat: known.seat };
    const held = this.#held(spec);
    if (held === null && this.#countOf(spec.owner.person) >= SEATS_PER_PERSON) {
      return { ok: false, code: 'seats-full' };
    }
    this.#coming.set(spec.attempt, spec.owner.person);
    try {
      return await this.#inLine(spec, held, waiting);
    } finally {
      this.#coming.delete(spec.attempt);
    }
  }

  async #inLine(spec: SeatSpec, held: HeldSlot | null, waiting: Waiting | undefined): Promise<Opened> {
    const place = this.#line.enter((queue) => waiting?.queued(queue), held?.slot);
    const leave = (): void => place.leave();
    waiting?.signal.addEventListener('abort', leave, { once: true });
    const turn = await place.turn;
    waiting?.signal.removeEventListener('abort', leave);
    if (turn === null) {
      held?.giveBack();
      return { ok: false, code: null };
    }
    let well = false;
    try {
      await this.#putAwayOthers(spec);
      const seat = await makeSeat({ ...this.#deps, saves: this.#saves }, spec);
      this.#add(spec.attempt, { seat, slot: turn.slot });
      well = true;
      // Of two that were made at the same time, the later one stays.
      void this.#putAwayOthers(spec).catch((error: unknown) => {
        this.#deps.log.warn({ err: error }, 'a seat was not put away cleanly');
      });
      return { ok: true, seat };
    } catch (error) {
      this.#deps.log.error({ err: error, attempt: spec.attempt }, 'a seat could not be made');
      turn.slot.free();
      return { ok: false, code: 'shell-failed' };
    } finally {
      turn.done(well);
    }
  }

  #add(attempt: string, live: Live): void {
    this.#live.set(attempt, live);
    void live.seat.ended.then(() => {
      this.#live.delete(attempt);
      if (live.slot === null) return;
      if (live.seat.comesBack) this.#keep(holderOf(attempt, live.seat.owner), live.slot);
      else live.slot.free();
    });
  }

  /** Whoever starts over does not go to the end of the line. */
  #keep(holder: string, slot: Slot): void {
    this.#kept.get(holder)?.free();
    this.#kept.set(holder, slot);
    this.#deps.clock.after(COMES_BACK_MS, () => {
      if (this.#kept.get(holder) !== slot) return;
      this.#kept.delete(holder);
      slot.free();
    });
  }

  /** What this person may use without waiting for a seat to end: that of the one that makes way. */
  #held(spec: SeatSpec): HeldSlot | null {
    const holder = holderOf(spec.attempt, spec.owner);
    const kept = this.#kept.get(holder);
    if (kept !== undefined) {
      this.#kept.delete(holder);
      return { slot: kept, giveBack: () => kept.free() };
    }
    const [name, live] = this.#othersOf(spec)[0] ?? [];
    const slot = live?.slot;
    if (name === undefined || live === undefined || slot === undefined || slot === null) return null;
    live.slot = null;
    const giveBack = (): void => {
      if (this.#live.get(name) === live) live.slot = slot;
      else slot.free();
    };
    return { slot, giveBack };
  }

  /** A person has at most one own seat: another one is saved and put away. */
  async #putAwayOthers(spec: SeatSpec): Promise<void> {
    await Promise.all(this.#othersOf(spec).map(([, { seat }]) => seat.end('opened-elsewhere')));
  }

  /** Own seats of somebody who is about to have this one. */
  #othersOf({ attempt, owner }: SeatSpec): readonly (readonly [string, Live])[] {
    if (!owner.own) return [];
    const others = [...this.#live].filter(([name]) => name !== attempt);
    return others.filter(([, { seat }]) => seat.owner.own && seat.owner.person === owner.person);
  }

  #countOf(person: string): number {
    const live = [...this.#live.values()].filter(({ seat }) => seat.owner.person === person);
    return live.length + [...this.#coming.values()].filter((each) => each === person).length;
  }

  async #relieve(needed: number): Promise<void> {
    try {
      this.#line.expect((await this.#relief?.(needed)) ?? []);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'idle seats were not put away');
    }
  }

  /** Saves and ends every seat; nobody is served any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#line[Symbol.dispose]();
    await Promise.all([...this.#live.values()].map(({ seat }) => seat[Symbol.asyncDispose]()));
  }
}

interface HeldSlot {
  readonly slot: Slot;
  /** It is not needed after all. */
  giveBack(): void;
}

/** An own seat is the person's, whatever it is for; another belongs to its attempt. */
function holderOf(attempt: string, { person, own }: SeatSpec['owner']): string {
  return own ? `person ${person}` : `attempt ${attempt}`;
}
