import type { Draw } from './draw.ts';
import type { Question } from './iam/evaluate.ts';
import type { Principal } from './principal.ts';
import type { WorldSeed } from './seed.ts';
import type { WorldState } from './state.ts';
import type { LogEntry } from './world.ts';

export type Params = Readonly<Record<string, unknown>>;

/** What an operation may look at. */
export interface Scene {
  readonly state: WorldState;
  /** World time: the wall's, and what the world was moved ahead. All history is told in it. */
  readonly now: number;
  /** Wall time of the request: credentials, signatures and leases live in it. */
  readonly wall: number;
  readonly region: string;
  /** Null when the world itself asks, for a check. */
  readonly principal: Principal | null;
}

export type Ask = Pick<Question, 'action' | 'resource'> & {
  /** Context keys of the request itself, lower-case. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
};

/**
 * A read answers at once; a change is an entry, applied after it is stored, and answers from what it
 * left. Outputs name moments as `Instant`s.
 */
export type Outcome =
  | { readonly kind: 'read'; readonly output: unknown }
  | { readonly kind: 'change'; readonly entry: LogEntry; output(next: WorldState): unknown };

export interface Operation {
  readonly mutates: boolean;
  /** What must be allowed; `open` for the few calls that AWS answers to everybody who signs. */
  asks(params: Params, scene: Scene): 'open' | readonly Ask[];
  run(params: Params, scene: Scene): Outcome;
}

/** A service of practice AWS; its part of the state, if it has one, is a slot of `WorldState`. */
export interface Service {
  readonly operations: Readonly<Record<string, Operation>>;
  /** By `op` of the log's entries: the state after one of them. The same for a call just accepted and for a replay. */
  readonly entries: Readonly<Record<string, (state: WorldState, entry: LogEntry) => WorldState>>;
  /** What AWS has of this service and practice AWS has not: the line between "not here" and "no such thing". */
  readonly elsewhere: readonly string[];
}

/** What a service's part of the state begins as. */
export type Begin<S> = (seed: WorldSeed, draw: Draw, begunAt: number) => S;
