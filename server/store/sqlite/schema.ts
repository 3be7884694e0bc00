import type { Chore, LinkKind, Role } from '#protocol/api.ts';
import type { Fact, Holder } from '../store.ts';

/** The tables as the newest migration leaves them. Times are milliseconds. */
export interface Schema {
  readonly secret: { readonly name: string; readonly value: Uint8Array };
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly role: Role;
    readonly created_at: number;
  };
  readonly session: { readonly hash: string; readonly person: string; readonly expires_at: number };
  readonly attempt: AttemptTable;
  readonly room: {
    readonly id: string;
    readonly attempt: string;
    readonly state: string;
    readonly touched_at: number;
  };
  readonly link: LinkTable;
  readonly access: AccessTable;
  readonly answer: { readonly attempt: string; readonly task: string; readonly value: string };
  readonly world_log: { readonly attempt: string; readonly n: number; readonly entry: string };
  readonly fact: FactTable;
  readonly home: { readonly attempt: string; readonly hash: string | null; readonly at: number };
  readonly lease: { readonly attempt: string; readonly begun_at: number; readonly ends_at: number };
  readonly fork: { readonly attempt: string; readonly of_attempt: string };
  readonly chore: {
    readonly slug: string;
    readonly name: string | null;
    readonly who: Chore['who'];
    readonly infra: Chore['infra'];
    /** Rows keep the order in which they came. */
    readonly place: number;
  };
  readonly focus: {
    readonly one: 1;
    readonly text: string;
    readonly chore: string | null;
    readonly review_on: string;
    readonly updated_at: number;
    readonly by: string;
  };
}

export interface AttemptTable {
  readonly id: string;
  readonly lab: string;
  readonly version: string;
  readonly seed: string;
  readonly vars: string;
  readonly holder_kind: Holder['kind'];
  readonly holder_id: string;
  readonly room: string;
  readonly created_at: number;
  readonly ended_at: number | null;
}

export interface LinkTable {
  readonly id: string;
  readonly kind: LinkKind;
  readonly hash: string;
  readonly code_hash: string | null;
  readonly room: string | null;
  readonly created_by: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly uses: number;
}

export interface AccessTable {
  readonly room: string;
  readonly person: string;
  readonly link: string | null;
  readonly may_take_part: 0 | 1;
}

export interface FactTable {
  readonly id: string;
  readonly at: number;
  readonly kind: Fact['kind'];
  readonly room: string;
  readonly attempt: string | null;
  readonly person: string | null;
  readonly role: Fact['role'];
  readonly chore: string | null;
  readonly detail: string;
}
