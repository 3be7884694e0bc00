/**
 * What travels over the socket, as JSON, one message a frame; terminal output, screens, keys and
 * acknowledgements travel beside it in binary frames (`frames.ts`). A newer peer's unknown keys and
 * kinds are ignored.
 */
import type { ErrorCode, Lang } from './errors.ts';
import type { PersonId } from './ids.ts';
import type { Text } from './report.ts';
import type { Entry, PersonOp, RoomState } from './room-state.ts';
import type { SeatView } from './seat.ts';

export const PROTOCOL_VERSION = 3;
/** First Sec-WebSocket-Protocol value; the second is `ticket.<ticket>`. */
export const SUBPROTOCOL = 'dojou.v1';
export const TICKET_PREFIX = 'ticket.';
/** Where the socket is opened: same origin, the room comes with the ticket. */
export const SOCKET_PATH = '/ws';

export type ClientMessage =
  /** First, within HELLO_WITHIN_MS. `resume`: per terminal, the offset up to which the client has everything. */
  | {
      readonly t: 'hello';
      readonly v: number;
      readonly lang: Lang;
      /** Stable for the life of the tab, so that keys can be told apart after a reconnect. */
      readonly tab: string;
      readonly resume: Readonly<Record<number, number>>;
      /** The client's clock, ms: whatever it is off by, from here on it shows what the line holds back. */
      readonly at: number;
    }
  /** Answered by `reply` with the same n. */
  | { readonly t: 'op'; readonly n: number; readonly op: PersonOp }
  /** A typed answer to a task. Answered by `reply`; the report follows as a room op. */
  | { readonly t: 'answer'; readonly n: number; readonly task: string; readonly value: string }
  /** Look at the tasks of the step now, not in a while. */
  | { readonly t: 'check'; readonly n: number }
  /** The size that this tab would like: the terminal's, as soon as this is the driver's tab that types. */
  | { readonly t: 'size'; readonly terminal: number; readonly cols: number; readonly rows: number }
  /** Another terminal in the same sandbox; it becomes the one in front. The driver's to ask. */
  | { readonly t: 'open'; readonly n: number }
  /** Ends a terminal and what runs in it; never the last one. The driver's to ask. */
  | { readonly t: 'close'; readonly n: number; readonly terminal: number }
  /** The driver looks at this terminal now: who follows sees it too. */
  | { readonly t: 'front'; readonly terminal: number }
  /** The driver is in the middle of a conversion: no hand-over tears it apart. */
  | { readonly t: 'composing'; readonly on: boolean }
  /** From now on, or no longer: the commands of a terminal, for the list beside it. */
  | { readonly t: 'commands'; readonly terminal: number; readonly on: boolean }
  /** A hidden tab's timers are throttled: it must not pace the pty. */
  | { readonly t: 'visible'; readonly on: boolean }
  /** Start a shell again after it ended, or after it could not be started. */
  | { readonly t: 'start'; readonly n: number; readonly terminal: number }
  /** Saves home and world as they are now, to come back to. The driver's to ask. */
  | { readonly t: 'save-point'; readonly n: number }
  /** Home and world go back to a saved point, or with null to the beginning; every terminal begins again. */
  | { readonly t: 'reset'; readonly n: number; readonly point: string | null }
  /** A lease that a lab asks for goes on for longer. */
  | { readonly t: 'extend-lease'; readonly n: number }
  | { readonly t: 'beat' }
  /** Answered by `pong`, at once: does anybody hear? */
  | { readonly t: 'ping' };

export type ServerMessage =
  | {
      readonly t: 'welcome';
      readonly v: number;
      readonly you: PersonId;
      /** Server's wall time: clients render `deadline − (now + offset)`. */
      readonly now: number;
      readonly room: RoomState;
      readonly terminals: readonly TerminalInfo[];
      /** The terminal that the driver looks at. */
      readonly front: number;
      readonly attempt: AttemptView;
      readonly aws: AwsView | null;
      readonly seat: SeatView;
      /** Told once to who comes back to a room that was put away or lost its server: the shell is new. */
      readonly lost: { readonly homeSavedAt: number | null } | null;
    }
  | { readonly t: 'op'; readonly seq: number; readonly entry: Entry }
  | { readonly t: 'reply'; readonly n: number; readonly error: Refusal | null }
  /** A terminal's state has changed, or it is new. */
  | { readonly t: 'terminal'; readonly info: TerminalInfo }
  | { readonly t: 'closed'; readonly terminal: number }
  | { readonly t: 'front'; readonly terminal: number }
  /** The last commands, oldest first, and then each that begins or ends. */
  | { readonly t: 'commands'; readonly terminal: number; readonly commands: readonly CommandView[] }
  /** Output goes on at `from` out of the ring: nothing is missing. */
  | { readonly t: 'resumed'; readonly terminal: number; readonly from: number }
  /**
   * In the order of the output: from `offset` on, which is where the output stands now, the terminal has
   * this size. A size that came out of turn would wrap lines that are still on their way.
   */
  | {
      readonly t: 'resized';
      readonly terminal: number;
      readonly offset: number;
      readonly cols: number;
      readonly rows: number;
    }
  /** Keys were not taken. */
  | { readonly t: 'refused'; readonly terminal: number; readonly refusal: Refusal }
  | { readonly t: 'aws'; readonly aws: AwsView }
  /** What has changed of the seat. */
  | { readonly t: 'seat'; readonly part: Partial<SeatView> }
  /** After a passed task more values may be shown. */
  | { readonly t: 'attempt'; readonly attempt: AttemptView }
  | { readonly t: 'beat'; readonly now: number }
  | { readonly t: 'pong' }
  /** The server is about to close this connection, for this reason. */
  | { readonly t: 'bye'; readonly code: ErrorCode };

export interface Refusal {
  readonly code: ErrorCode;
  /** Fills `{name}` in the sentence. */
  readonly values: Readonly<Record<string, string>>;
}

export interface TerminalInfo {
  readonly terminal: number;
  /** The command that runs at the moment, as it was typed, or null at the prompt. */
  readonly command: string | null;
  readonly state: /** `queue`: the machine is full; how many come first, and about how long that takes. */
    | { readonly status: 'starting'; readonly queue: Queue | null }
    | { readonly status: 'running' }
    | { readonly status: 'exited'; readonly code: number | null; readonly signal: string | null }
    | { readonly status: 'failed'; readonly refusal: Refusal };
}

export interface Queue {
  /** 1: the next one that is let in. */
  readonly place: number;
  /** Null while nothing is known. */
  readonly waitMs: number | null;
}

/** A command that the shell ran. */
export interface CommandView {
  /** Counts up per terminal; a later message with the same number takes its place. */
  readonly n: number;
  readonly line: string;
  /** As the screen showed it, without colours; bounded, then `truncated`. Empty while it runs. */
  readonly output: string;
  readonly truncated: boolean;
  /** It took the whole screen (vim, less): what it showed there is no output. */
  readonly fullScreen: boolean;
  readonly state: { readonly status: 'running' } | { readonly status: 'done'; readonly exit: number | null };
  /** Who held the keyboard when it began; null when nobody did, or it isn't known any more. */
  readonly by: PersonId | null;
}

/** What of an attempt the page may show. Values that are answers stay on the server. */
export interface AttemptView {
  readonly lab: string;
  readonly version: string;
  /** For `<Var name="…"/>` and `{{name}}`: without those that are the answer to a task not yet passed. */
  readonly vars: Readonly<Record<string, string>>;
  /** What was typed last into each answer field. */
  readonly answers: Readonly<Record<string, string>>;
}

export interface AwsView {
  readonly account: 'practice' | 'real';
  readonly accountId: string;
  readonly region: string;
  /** `arn:aws:sts::…:assumed-role/LabLearner-basic/…`, or null while nobody holds the credentials. */
  readonly arn: string | null;
  readonly roleName: string;
  readonly expiresAt: number | null;
  /** What the session policy allows, in words. */
  readonly allowed: readonly Text[];
  /** The last refused call, explained. */
  readonly denial: {
    readonly at: number;
    readonly action: string;
    readonly message: string;
    /** Which layer refused it, and what would have to change. */
    readonly why: Text;
  } | null;
}
