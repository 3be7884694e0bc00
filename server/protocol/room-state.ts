/** The room as plain data, and what may happen to it; `apply.ts` says what then becomes of it. */
import type { AttemptId, PersonId, RoomId } from './ids.ts';
import type { TaskReport } from './report.ts';

export type RoomKind = 'lab' | 'mob';

export interface Member {
  readonly name: string;
  /** `watching` is chosen, and skipped by the rotation; an `adviser` answers, and is not rotated in. */
  readonly part: 'participant' | 'watching' | 'adviser';
  /** False for who came by a watch-only link. */
  readonly mayTakePart: boolean;
  /** Open connections; 0 when away. */
  readonly connections: number;
  readonly joinedAt: number;
  /** Milliseconds at the keyboard in turns that have ended. */
  readonly droveMs: number;
}

export interface Keyboard {
  /** Grows with every hand-over; input that carries an older one is dropped. */
  readonly epoch: number;
  readonly driver: PersonId | null;
  /** The turn that the driver is in; null while nobody drives, and after the room was put away. */
  readonly turn: {
    readonly startedAt: number;
    /** Since when the driver has had no connection; null while here. */
    readonly awayAt: number | null;
    /** How long the driver was away before that, ms. */
    readonly awayMs: number;
  } | null;
  /** The last driver navigates next. */
  readonly navigator: PersonId | null;
  /** What the last driver said on handing over. */
  readonly note: string | null;
}

export interface Offer {
  readonly to: PersonId;
  readonly note: string | null;
}

/** A facilitator asked to take over: it may happen at `from` and later. */
export interface TakeOver {
  readonly by: PersonId;
  readonly from: number;
}

/** Wall times. `softEnd`: 「きりのいいところで交代」; between it and `end` one hands over. */
export type Turns =
  | { readonly status: 'off' }
  | { readonly status: 'on'; readonly startedAt: number; readonly softEnd: number; readonly end: number };

export interface TaskState {
  readonly report: TaskReport;
  /** Who passed it, or whose answer was looked at last. */
  readonly by: PersonId | null;
  readonly at: number;
}

export interface RoomState {
  readonly id: RoomId;
  readonly kind: RoomKind;
  readonly seq: number;
  readonly lab: string;
  readonly attempt: AttemptId;
  readonly facilitator: PersonId;
  readonly members: Readonly<Record<PersonId, Member>>;
  readonly keyboard: Keyboard;
  /** Who said 「次にやりたい」, first come first. */
  readonly requests: readonly PersonId[];
  readonly offer: Offer | null;
  readonly takeOver: TakeOver | null;
  readonly turns: Turns;
  readonly step: string;
  readonly tasks: Readonly<Record<string, TaskState>>;
}

/** What people do. Who and when come with the entry. */
export type PersonOp =
  /** 「次にやりたい」 */
  | { readonly type: 'request' }
  | { readonly type: 'withdraw' }
  /** 「渡す」: at once to somebody who asked, as an offer to anybody else. */
  | { readonly type: 'give'; readonly to: PersonId; readonly note: string | null }
  | { readonly type: 'accept' }
  | { readonly type: 'decline' }
  /** 「受け取る」: a keyboard that nobody holds, or whose driver is away. */
  | { readonly type: 'take' }
  /** The facilitator takes over: the first press announces, a second after the grace does it. */
  | { readonly type: 'take-over' }
  | { readonly type: 'take-part'; readonly part: Member['part'] }
  | { readonly type: 'make-mob' }
  | { readonly type: 'start-turns' }
  | { readonly type: 'stop-turns' }
  /** +2 minutes, without asking. */
  | { readonly type: 'extend' }
  | { readonly type: 'go-to-step'; readonly step: string };

/** What the server does, on behalf of a connection or a check. */
export type ServerOp =
  | {
      readonly type: 'joined';
      readonly name: string;
      readonly mayTakePart: boolean;
      readonly watching: boolean;
    }
  | { readonly type: 'connections'; readonly count: number }
  | { readonly type: 'task'; readonly task: string; readonly report: TaskReport }
  /** Nobody is connected any more: the server stopped, or will put the room away. `seenAt`: the last time it was alive. */
  | { readonly type: 'put-away'; readonly seenAt: number };

export type Op = PersonOp | ServerOp;

export interface Entry {
  readonly op: Op;
  /** Null when it is nobody's doing. */
  readonly by: PersonId | null;
  readonly at: number;
}

/** What the shell around `apply` has to do; the browser ignores them. */
export type Effect =
  | { readonly type: 'keyboard-moved'; readonly from: PersonId | null; readonly to: PersonId | null }
  | {
      readonly type: 'turn-ended';
      readonly driver: PersonId;
      readonly navigator: PersonId | null;
      readonly startedAt: number;
      readonly endedAt: number;
      /** At the keyboard: without the time away. */
      readonly ms: number;
    }
  | { readonly type: 'attended'; readonly person: PersonId }
  | { readonly type: 'task-passed'; readonly task: string; readonly person: PersonId | null }
  | { readonly type: 'became-mob' };

export function newRoom(seed: {
  readonly id: RoomId;
  readonly lab: string;
  readonly attempt: AttemptId;
  readonly facilitator: PersonId;
  readonly step: string;
  readonly tasks: Readonly<Record<string, TaskState>>;
}): RoomState {
  return {
    ...seed,
    kind: 'lab',
    seq: 0,
    members: {},
    keyboard: { epoch: 0, driver: null, turn: null, navigator: null, note: null },
    requests: [],
    offer: null,
    takeOver: null,
    turns: { status: 'off' },
  };
}
