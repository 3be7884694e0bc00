/** What everybody in a room is shown of its seat: whose credentials there are, what it uses, its saved points. */
import type { AwsView, ServerMessage } from '#protocol/messages.ts';
import { EMPTY_SEAT, type SeatView } from '#protocol/seat.ts';
import type { Call } from '../aws/practice/world.ts';
import type { Log } from '../lib/log.ts';
import { awsView } from '../seats/aws-view.ts';
import type { Seat } from '../seats/seat.ts';

export interface SeatBoardDeps {
  readonly log: Log;
  readonly broadcast: (message: ServerMessage) => void;
  /** A call that the seat's world saw. */
  readonly onCall: (call: Call) => void;
  /** Words that belong into the terminals. */
  readonly onNotice: (words: string) => void;
}

export class SeatBoard implements Disposable {
  readonly #deps: SeatBoardDeps;
  #watched: Seat | null = null;
  #aws: AwsView | null = null;
  #seat: SeatView;
  #stopHearing: (() => void) | null = null;

  constructor(points: SeatView['points'], deps: SeatBoardDeps) {
    this.#deps = deps;
    this.#seat = { ...EMPTY_SEAT, points };
  }

  get aws(): AwsView | null {
    return this.#aws;
  }

  get seat(): SeatView {
    return this.#seat;
  }

  tell(part: Partial<SeatView>): void {
    this.#seat = { ...this.#seat, ...part };
    this.#deps.broadcast({ t: 'seat', part });
  }

  /** From now on this is the seat. What was known of the one before is told anew, or is true still. */
  watch(seat: Seat): void {
    this.#stopHearing?.();
    this.#watched = seat;
    // It begins from what is on disk.
    if (this.#seat.unsaved !== null) this.tell({ unsaved: null });
    const stops = [
      seat.onCall((call) => {
        this.#deps.onCall(call);
        if (call.denial !== null || this.#aws === null) void this.#showAws(seat, call);
      }),
      seat.onNotice((words) => this.#deps.onNotice(words)),
      seat.onNews((part) => this.tell(part)),
    ];
    this.#stopHearing = () => {
      for (const stop of stops) stop();
    };
    void seat.ended.then(() => {
      if (this.#watched === seat) this.#watched = null;
    });
    void this.#showAws(seat, null);
  }

  /** Another person's credentials now, or nobody's. */
  keyboardMoved(): void {
    if (this.#watched !== null) void this.#showAws(this.#watched, null);
  }

  [Symbol.dispose](): void {
    this.#stopHearing?.();
  }

  async #showAws(seat: Seat, call: Call | null): Promise<void> {
    try {
      const view = awsView(await seat.identity(), call, this.#aws);
      if (seat !== this.#watched) return;
      this.#aws = view;
      if (view !== null) this.#deps.broadcast({ t: 'aws', aws: view });
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'who-am-I could not be shown');
    }
  }
}
