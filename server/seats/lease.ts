/** How long a seat may live, where its lab asks for an end: warned of, extended, and kept over a restart. */
import type { ErrorCode } from '#protocol/errors.ts';
import { MINUTE } from '#protocol/limits.ts';
import type { LeaseView, SeatView } from '#protocol/seat.ts';
import type { Lease } from '../../labs/schema.ts';
import type { Clock } from '../lib/clock.ts';
import type { LeaseRecord, LeaseStore } from '../store/store.ts';

/** Minutes before the end at which it is said. */
const WARNINGS = [10, 2] as const;

export interface SeatLeaseDeps {
  readonly attempt: string;
  readonly asked: Lease;
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly tell: (part: Pick<SeatView, 'lease'>) => void;
}

export class SeatLease implements Disposable {
  readonly #deps: SeatLeaseDeps;
  #times: LeaseRecord;
  #timers: readonly (() => void)[] = [];
  #onWarning: (minutes: number) => void = () => undefined;
  #onEnd: () => void = () => undefined;
  #disposed = false;

  private constructor(deps: SeatLeaseDeps, times: LeaseRecord) {
    this.#deps = deps;
    this.#times = times;
  }

  /** Goes on with the one that was begun before; one that is over begins again. */
  static async begin(deps: SeatLeaseDeps): Promise<SeatLease> {
    const { attempt, asked, leases, clock } = deps;
    const now = clock.now();
    const known = await leases.get(attempt);
    const times =
      known !== null && known.endsAt > now ? known : { begunAt: now, endsAt: now + asked.minutes * MINUTE };
    if (times !== known) await leases.put(attempt, times);
    return new SeatLease(deps, times);
  }

  /** From now on it warns and ends. */
  run(onWarning: (minutes: number) => void, onEnd: () => void): void {
    this.#onWarning = onWarning;
    this.#onEnd = onEnd;
    this.#set(this.#times);
  }

  async extend(): Promise<ErrorCode | null> {
    const { attempt, asked, leases } = this.#deps;
    const { endsAt, mayEndAt } = this.#view();
    if (mayEndAt <= endsAt) return 'lease-most';
    const times = { ...this.#times, endsAt: Math.min(endsAt + asked.extendBy * MINUTE, mayEndAt) };
    await leases.put(attempt, times);
    this.#set(times);
    return null;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancel();
  }

  #cancel(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
  }

  #set(times: LeaseRecord): void {
    if (this.#disposed) return; // its seat has ended meanwhile; the next one finds the times in the store
    this.#cancel();
    this.#times = times;
    const { clock, tell } = this.#deps;
    const left = times.endsAt - clock.now();
    this.#timers = [
      ...WARNINGS.filter((minutes) => minutes * MINUTE < left).map((minutes) =>
        clock.after(left - minutes * MINUTE, () => this.#onWarning(minutes)),
      ),
      clock.after(left, () => this.#onEnd()),
    ];
    tell({ lease: this.#view() });
  }

  #view(): LeaseView {
    const { asked } = this.#deps;
    const { begunAt, endsAt } = this.#times;
    const most = asked.extendBy === 0 ? endsAt : begunAt + asked.most * MINUTE;
    return { endsAt, mayEndAt: Math.max(endsAt, most), extendByMs: asked.extendBy * MINUTE };
  }
}
