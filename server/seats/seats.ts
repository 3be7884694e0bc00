/** All seats of this node: how many live at once, whose they are, and who waits for one. */
import type { Log } from '../lib/log.ts';
import type { Missing } from '../sandbox/sandbox.ts';
import { type MakeSeatDeps, makeSeat } from './make-seat.ts';
import type { Seat } from './seat.ts';
import type { SeatSpec } from './seat-spec.ts';

/** One own, and two rooms that a person leads at the same time: one guest must not take all seats. */
const SEATS_PER_PERSON = 3;
export interface SeatsDeps extends MakeSeatDeps {
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
