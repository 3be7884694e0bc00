/**
 * A world is one attempt's practice AWS: state, log and clock behind an async interface, whatever
 * thread it lives in. It knows nothing of seats, labs or people beyond the names in its seed.
 */

/** Plain data (structured-cloneable) from which a world is drawn; the same seed gives the same world. */
export interface WorldSeed {
  readonly region: string;
  readonly accountId: string;
  /** Hex; all that looks random in the world is drawn from it. */
  readonly random: string;
  readonly iam: IamSeed;
  readonly ecs: { readonly clusters: readonly ClusterSeed[] };
}

export interface IamSeed {
  readonly users: readonly {
    readonly name: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly policies: Readonly<Record<string, PolicyDocument>>;
  }[];
  readonly roles: readonly {
    readonly name: string;
    readonly path: string;
    readonly maxSessionSeconds: number;
    readonly trust: PolicyDocument;
    readonly policies: Readonly<Record<string, PolicyDocument>>;
    readonly boundary: PolicyDocument | null;
  }[];
  readonly scp: readonly PolicyDocument[];
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?:
    | '*'
    | { readonly AWS?: string | readonly string[]; readonly Service?: string | readonly string[] };
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ClusterSeed {
  readonly name: string;
  readonly services: readonly ServiceSeed[];
}

export interface ServiceSeed {
  readonly name: string;
  readonly desired: number;
  /** How many of the desired tasks run; the rest are absent (and the events say why). */
  readonly running: number;
  readonly family: string;
  readonly revision: number;
  readonly image: string;
  readonly cpu: string;
  readonly memory: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** How long ago the deployment in force began, in minutes of the world's time. */
  readonly deployedMinutesAgo: number;
  /** Why tasks are missing when running < desired; becomes a service event and a stopped task's reason. */
  readonly stoppedReason?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

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
}

export interface Worlds extends AsyncDisposable {
  /** Makes the world from its seed and replays its log. Two opens of one id are one world. */
  open(id: string, seed: WorldSeed, log: WorldLog): Promise<World>;
}
