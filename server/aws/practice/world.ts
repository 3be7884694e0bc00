/**
 * A world is one attempt's practice AWS: state, log and clock behind an async interface, whatever
 * thread it lives in. It knows nothing of seats, labs or people beyond the names in its seed.
 */
import type { WorldSeed } from './seed.ts';

export interface WireRequest {
  readonly method: string;
  /** Path and query as sent: `/?Action=…`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Wall time of arrival, ms since the epoch. */
  readonly receivedAt: number;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Why a call was refused: which layer, which statement, for the page to explain. */
export interface Denial {
  readonly layer: 'identity' | 'boundary' | 'scp' | 'session' | 'trust' | 'resource';
  readonly effect: 'implicit' | 'explicit';
  readonly sid: string | null;
  /** AWS's own sentence. */
  readonly message: string;
}

/** Which statements allowed a call, by layer; null where the statement has no Sid or there is no such layer. */
export interface Allowance {
  readonly identity: string | null;
  readonly session: string | null;
  readonly resource: string | null;
}

/** One call that the world saw: what checks and the panel read. */
export interface Call {
  readonly n: number;
  /** Wall time, ms since the epoch. */
  readonly at: number;
  /** `ecs:ListClusters` */
  readonly action: string;
  readonly principalArn: string | null;
  readonly sourceIdentity: string | null;
  readonly by: 'learner' | 'dojou';
  readonly outcome: 'ok' | 'denied' | 'error';
  readonly errorCode: string | null;
  readonly denial: Denial | null;
  /** What allowed it: the Sid of the statement in each layer that has one, where it has a name. Null unless `ok`. */
  readonly allowedBy: Allowance | null;
  /** Request parameters in the API's own names, bounded in size. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** A logged mutation: opaque to everybody but the world; order is what counts. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** Where a world's accepted mutations are stored before they are answered. */
export interface WorldLog {
  read(): Promise<readonly LogEntry[]>;
  /** Resolves when the entry is on disk. */
  append(n: number, entry: LogEntry): Promise<void>;
}

export interface World extends AsyncDisposable {
  /** One signed AWS request in, one answer out. Never rejects for bad input: AWS has an error for that. */
  handle(request: WireRequest): Promise<WireResponse>;
  /** Calls with n > since, oldest first, at most 200. */
  calls(since: number): Promise<readonly Call[]>;
  /** Called after each call that the world saw, on the caller's thread. Returns the unsubscribe. */
  onCall(listener: (call: Call) => void): () => void;
  /** Runs an API operation with the world's own rights, for checks: read-only operations alone. */
  inspect(action: string, params: Readonly<Record<string, unknown>>): Promise<unknown>;
  /**
   * Moves the world's clock ahead by so many ms (more than 0, in all at most 400 days): history moves
   * into the past, what was under way arrives. Resolves when that is stored.
   */
  forward(ms: number): Promise<void>;
  /** Everything there is to look at now, for people: no secret is in it. */
  picture(): Promise<WorldPicture>;
}

/** A world as people look at it. Times are wall time, ms; names are AWS's. */
export interface WorldPicture {
  readonly at: number;
  /** When something in it changes by itself, or null: who shows it looks again then. */
  readonly nextChangeAt: number | null;
  readonly clusters: readonly {
    readonly name: string;
    readonly services: readonly PicturedService[];
  }[];
}

export interface PicturedService {
  readonly name: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** Newest first. */
  readonly deployments: readonly {
    readonly id: string;
    readonly status: string;
    readonly rolloutState: string;
    readonly rolloutReason: string | null;
    readonly taskDefinition: string;
    readonly image: string;
    readonly desired: number;
    readonly running: number;
    readonly pending: number;
    readonly failed: number;
    readonly since: number;
    readonly tasks: readonly PicturedTask[];
  }[];
  /** Newest first, at most 10. */
  readonly events: readonly { readonly at: number; readonly message: string }[];
}

export interface PicturedTask {
  readonly id: string;
  readonly status: string;
  readonly health: string;
  readonly since: number;
  readonly stoppedReason: string | null;
  readonly exitCode: number | null;
}

export interface Worlds extends AsyncDisposable {
  /** Makes the world from its seed and replays its log. Two opens of one id are one world. */
  open(id: string, seed: WorldSeed, log: WorldLog): Promise<World>;
}
