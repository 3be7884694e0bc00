import type { Question } from './iam/evaluate.ts';
import type { Principal } from './principal.ts';
import type { WorldState } from './state.ts';
import type { LogEntry } from './world.ts';

export type Params = Readonly<Record<string, unknown>>;

/** What an operation may look at; `now` is the wall clock's, handed in. */
export interface Scene {
  readonly state: WorldState;
  readonly now: number;
  readonly region: string;
  /** Null when the world itself asks, for a check. */
  readonly principal: Principal | null;
}

export type Ask = Pick<Question, 'action' | 'resource'> & {
  /** Context keys of the request itself, lower-case. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
};

/** A read answers at once; a change is an entry, applied after it is stored, and answers from what it left. */
export type Outcome =
  | { readonly kind: 'read'; readonly output: unknown }
  | { readonly kind: 'change'; readonly entry: LogEntry; output(next: WorldState): unknown };

export interface Operation {
  readonly mutates: boolean;
  /** What must be allowed; `open` for the few calls that AWS answers to everybody who signs. */
  asks(params: Params, scene: Scene): 'open' | readonly Ask[];
  run(params: Params, scene: Scene): Outcome;
}

export type Service = Readonly<Record<string, Operation>>;
