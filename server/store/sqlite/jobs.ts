/**
 * What travels between the server's thread and the writer's: jobs of statements, atomic each, and
 * their outcomes. Nothing here touches a database.
 */
import type { StoreTrouble } from '../error.ts';

/** What node:sqlite binds as it is. It turns a Date or an object into NULL and true into 1, silently. */
export type Bindable = string | number | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly params: readonly Bindable[];
  /** How many rows have to change, else the whole job is taken back. */
  readonly changes?: number;
}

export type Row = Readonly<Record<string, unknown>>;

export interface Result {
  readonly rows: readonly Row[];
  /** Rows changed by this statement. */
  readonly changes: number;
}

export type Outcome =
  | { readonly ok: true; readonly results: readonly Result[] }
  | { readonly ok: false; readonly trouble: StoreTrouble; readonly message: string };

export type ToWriter =
  | { readonly t: 'job'; readonly n: number; readonly statements: readonly Statement[] }
  | { readonly t: 'close' };

export type FromWriter =
  | { readonly t: 'ready' }
  | { readonly t: 'refused'; readonly trouble: StoreTrouble; readonly message: string }
  | { readonly t: 'done'; readonly outcomes: readonly { readonly n: number; readonly outcome: Outcome }[] }
  | { readonly t: 'closed' };

/** Throws for every value that SQLite would store as something else than it is. */
export function bindable(values: readonly unknown[]): readonly Bindable[] {
  return values.map((value, at) => {
    if (value === null || typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (value instanceof Uint8Array) return value;
    throw new TypeError(`Value ${at + 1} of a statement cannot be stored as it is: ${describe(value)}`);
  });
}

function describe(value: unknown): string {
  return typeof value === 'object' ? `an object (${value?.constructor?.name ?? 'plain'})` : String(value);
}
