/**
 * The store keeps what was acknowledged: every promise that it returns resolves once the change is on
 * disk. Async interfaces, one per aggregate; it decides nothing and knows no capability.
 */
import type { Chore, ChoreRequest, Focus, LinkKind, Role } from '#protocol/api.ts';
import type { AttemptId, PersonId, RoomId } from '#protocol/ids.ts';
import type { RoomState } from '#protocol/room-state.ts';

export interface Store extends AsyncDisposable {
  readonly people: PeopleStore;
  readonly links: LinkStore;
  readonly rooms: RoomStore;
  readonly attempts: AttemptStore;
  readonly points: PointStore;
  readonly leases: LeaseStore;
  readonly worlds: WorldLogStore;
  readonly facts: FactStore;
  readonly map: MapStore;
  /** Secrets of this installation, made once: 32 random bytes per name. */
  secret(name: string): Promise<Uint8Array>;
}

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
}

export interface PeopleStore {
  create(person: Person): Promise<void>;
  get(id: PersonId): Promise<Person | null>;
  rename(id: PersonId, name: string): Promise<void>;
  setRole(id: PersonId, role: Role): Promise<void>;
  /** `hash`: SHA-256 of the cookie's token, hex. The token itself is never stored. */
  openSession(session: {
    readonly hash: string;
    readonly person: PersonId;
    readonly expiresAt: number;
  }): Promise<void>;
  personOfSession(hash: string, now: number): Promise<Person | null>;
  closeSession(hash: string): Promise<void>;
}

export interface StoredLink {
  readonly id: string;
  readonly kind: LinkKind;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  /** SHA-256 of the short code, hex, for rooms. */
  readonly codeHash: string | null;
  readonly room: RoomId | null;
  readonly createdBy: PersonId | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly uses: number;
}

export interface LinkStore {
  create(link: StoredLink): Promise<void>;
  byHash(hash: string): Promise<StoredLink | null>;
  byCodeHash(hash: string, now: number): Promise<StoredLink | null>;
  get(id: string): Promise<StoredLink | null>;
  /** Those that are still good at `now`, or by which somebody has a right; newest first. */
  list(now: number): Promise<readonly StoredLink[]>;
  /** Counts a use. For a link that is good once (`owner`), false when somebody was faster. */
  spend(id: string, once: boolean): Promise<boolean>;
  /** Deletes the link and the rights that it gave, in one job; returns those rights. */
  revoke(id: string): Promise<readonly RoomAccess[]>;
}

/** Who may enter a room, and by what right; revoking the link takes the right away. */
export interface RoomAccess {
  readonly room: RoomId;
  readonly person: PersonId;
  readonly mayTakePart: boolean;
  /** The link by which the person came, or null for who opened the room. */
  readonly link: string | null;
}

export interface RoomStore {
  /** All or nothing. Rejects when the attempt to be replaced has ended already: its place is taken once. */
  create(opening: RoomOpening): Promise<void>;
  get(id: RoomId): Promise<RoomState | null>;
  /** When it was opened, or changed last. */
  touchedAt(id: RoomId): Promise<number | null>;
  /**
   * All or nothing: the room's new state, what became known with it, and the holder when it changed.
   * Rejects, in conflict, unless its `seq` is higher than what is stored.
   */
  commit(change: RoomChange): Promise<void>;
  /** A right by a link; false when the link is gone, and nothing was given. */
  grant(access: RoomAccess & { readonly link: string }): Promise<boolean>;
  access(room: RoomId, person: PersonId): Promise<RoomAccess | null>;
  /** Rooms that the person may enter, touched last first, at most `limit`. */
  ofPerson(
    person: PersonId,
    limit: number,
  ): Promise<readonly { readonly state: RoomState; readonly touchedAt: number }[]>;
}

/** What starting a lab stores. */
export interface RoomOpening {
  readonly room: RoomState;
  readonly attempt: Attempt;
  /** Who opened it: enters by no link, and may take part. */
  readonly by: PersonId;
  /** The attempt whose place it takes, which ends then. */
  readonly replaces: { readonly attempt: AttemptId; readonly at: number } | null;
  /** It is a fork: home, world and answers are those of another attempt, at a point of it or now. */
  readonly from?: { readonly attempt: AttemptId; readonly point: string | null };
}

export interface RoomChange {
  readonly room: RoomState;
  readonly facts: readonly Fact[];
  readonly holder?: Holder;
}

export interface Holder {
  readonly kind: 'person' | 'room';
  readonly id: string;
}

/** Lab × version × seed × holder. The running half of it is a seat. */
export interface Attempt {
  readonly id: AttemptId;
  readonly lab: string;
  readonly version: string;
  /** Hex, secret: values and world are drawn from it. */
  readonly seed: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly holder: Holder;
  readonly room: RoomId;
  readonly createdAt: number;
  /** Set when a fresh attempt took its place. */
  readonly endedAt: number | null;
}

export interface AttemptStore {
  get(id: AttemptId): Promise<Attempt | null>;
  /** The newest attempt at this lab that the person holds and that has not ended; a fork is none of them. */
  current(lab: string, person: PersonId): Promise<Attempt | null>;
  /** The person's fork that has not ended. */
  fork(person: PersonId): Promise<Attempt | null>;
  isFork(id: AttemptId): Promise<boolean>;
  setAnswer(id: AttemptId, task: string, value: string): Promise<void>;
  answers(id: AttemptId): Promise<Readonly<Record<string, string>>>;
  /** The saved home, a tar. */
  saveHome(id: AttemptId, tar: Uint8Array, at: number): Promise<void>;
  /** Null for one that begins afresh. */
  home(id: AttemptId): Promise<{ readonly tar: Uint8Array; readonly at: number } | null>;
  homeSavedAt(id: AttemptId): Promise<number | null>;
}

/** A saved point: home and world of an attempt as they were. */
export interface PointRecord {
  readonly id: string;
  readonly at: number;
  readonly why: 'asked' | 'step' | 'before-reset';
  /** The step at which it was saved. */
  readonly step: string;
}

/** Each attempt keeps its newest eight points, and the last two from before a reset. */
export interface PointStore {
  /** Newest first. */
  list(attempt: AttemptId): Promise<readonly PointRecord[]>;
  /** Home and world as they are stored; resolves with the points that are kept, newest first. */
  save(attempt: AttemptId, point: PointRecord): Promise<readonly PointRecord[]>;
  /**
   * Home and world go back to a point, or with null to the lab's beginning; what they were is kept as
   * `before`. All or nothing; rejects, in conflict, when the attempt has no such point. No world of the
   * attempt may be open.
   */
  restore(attempt: AttemptId, to: string | null, before: PointRecord): Promise<readonly PointRecord[]>;
}

/** When a seat's lease began and when it ends; extended by an earlier decision, or not. */
export interface LeaseRecord {
  readonly begunAt: number;
  readonly endsAt: number;
}

export interface LeaseStore {
  get(attempt: AttemptId): Promise<LeaseRecord | null>;
  put(attempt: AttemptId, lease: LeaseRecord): Promise<void>;
}

export interface WorldLogStore {
  /** Entry n follows n − 1; rejects a number that is taken. */
  append(attempt: AttemptId, n: number, entry: Readonly<Record<string, unknown>>): Promise<void>;
  read(attempt: AttemptId): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** What happened, from which experience, map and reports are computed later. Never changed. */
export interface Fact {
  readonly id: string;
  readonly at: number;
  readonly kind: 'turn' | 'check' | 'attendance';
  readonly room: RoomId;
  readonly attempt: AttemptId | null;
  readonly person: PersonId | null;
  readonly role: 'driver' | 'navigator' | 'participant' | 'watching' | 'adviser' | 'facilitator' | null;
  /** Chore slug of the lab. */
  readonly chore: string | null;
  /** For a turn { startedAt, endedAt }; for a check { task }; JSON, small. */
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface FactStore {
  ofRoom(room: RoomId): Promise<readonly Fact[]>;
}

export interface StoredChore extends ChoreRequest {
  readonly slug: string;
  /** Null for the seven first rows, whose names are the code's. */
  readonly name: string | null;
}

export interface MapStore {
  chores(): Promise<readonly StoredChore[]>;
  putChore(chore: StoredChore): Promise<void>;
  deleteChore(slug: Chore['slug']): Promise<void>;
  focus(): Promise<Focus | null>;
  putFocus(focus: Focus): Promise<void>;
}
