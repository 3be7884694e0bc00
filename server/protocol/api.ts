/**
 * What HTTP answers and takes, by route. Every mutation needs the Origin of DOJOU_URL and JSON; every
 * refusal is `{ "error": Refusal }` with the catalogue's status.
 */
import type { Refusal } from './messages.ts';

export type Role = 'owner' | 'member' | 'guest';

/**
 * GET /api/me. POST /api/session { name } → 201 Me: a guest by name alone. PATCH /api/me { name } → Me.
 * DELETE /api/session → 204.
 */
export interface Me {
  readonly person: { readonly id: string; readonly name: string; readonly role: Role } | null;
  readonly host: {
    readonly version: string;
    /** Shells of the `process` driver are not isolated: said on every page. */
    readonly sandbox: 'bubblewrap' | 'process' | 'none';
    /** Why shells cannot run, with the remedy; empty when they can. */
    readonly missing: readonly { readonly what: Bilingual; readonly remedy: Bilingual }[];
    /** Bound to loopback: links work on this machine only. */
    readonly loopbackOnly: boolean;
    /** Plain http beyond loopback: a banner on each page. */
    readonly insecureLan: boolean;
    /** Practice AWS, or a real account. */
    readonly aws: 'practice' | 'real';
    readonly url: string;
  };
}

export interface Bilingual {
  readonly ja: string;
  readonly en: string;
}

/** POST /api/join: spends a link's secret or a short code. A name makes a guest of who has none yet. */
export interface JoinRequest {
  readonly secret?: string;
  readonly code?: string;
  readonly name?: string;
}

/** When `needsName`, nothing was spent: ask for a name and post again. */
export type JoinAnswer =
  | { readonly needsName: true; readonly kind: LinkKind }
  | { readonly needsName: false; readonly kind: LinkKind; readonly to: JoinTarget };

/** Where to go next; the page adds its language. */
export type JoinTarget = { readonly page: 'home' } | { readonly page: 'room'; readonly room: string };

export type LinkKind = 'owner' | 'team' | 'room-take-part' | 'room-watch';

/** POST /api/labs/:lab/start { fresh } → { room }: the person's own attempt, resumed, or a new one when `fresh`. */
export interface StartAnswer {
  readonly room: string;
}

/** POST /api/rooms/:id/fork → StartAnswer: a room of one's own, as the other was at a point or is now. */
export interface ForkRequest {
  readonly point: string | null;
  /** The fork that the person has already ends; else `fork-exists`. */
  readonly replace: boolean;
}

/** GET /api/rooms → RoomSummary[] (those that the person is in, newest first). GET /api/rooms/:id → RoomSummary. */
export interface RoomSummary {
  readonly id: string;
  readonly kind: 'lab' | 'mob';
  readonly lab: string;
  readonly facilitator: string;
  readonly tasksPassed: number;
  readonly tasks: number;
  readonly touchedAt: number;
}

/** POST /api/rooms/:id/ticket → { ticket }: good once, for TICKET_LIFE_MS, for this person and room. */
export interface TicketAnswer {
  readonly ticket: string;
}

/**
 * GET /api/links → Link[] (owner: all; others: of rooms that they facilitate).
 * POST /api/links { kind: 'team' } (owner) or { kind: 'room-…', room } (facilitator) → 201 Link.
 * DELETE /api/links/:id → 204, at once for everybody who came by it and is not yet a member otherwise.
 */
export interface Link {
  readonly id: string;
  readonly kind: Exclude<LinkKind, 'owner'>;
  readonly room: string | null;
  /** Whole, secret in the fragment: `https://…/join/#…`. */
  readonly url: string;
  /** For rooms: six characters to read aloud, typed at /code/. */
  readonly code: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** How often it was used. */
  readonly uses: number;
  /** An SVG of the QR code, where the address is reachable from other machines; else null. */
  readonly qr: string | null;
}
export interface LinkRequest {
  readonly kind: Exclude<LinkKind, 'owner'>;
  readonly room?: string;
}

/** GET /api/map → ChoreMap (public). PUT /api/map/chores/:slug → ChoreMap. POST /api/map/chores { name } → 201 ChoreMap. DELETE /api/map/chores/:slug → ChoreMap. PUT /api/map/focus → ChoreMap. */
export interface ChoreMap {
  readonly chores: readonly Chore[];
  readonly focus: Focus | null;
}
export interface Chore {
  readonly slug: string;
  /** A slug of the seven first rows has its own words per language; an added row has one name. */
  readonly name: Bilingual;
  readonly who: 'unsaid' | 'only-me' | 'others-too';
  readonly infra: 'unsaid' | 'needed' | 'not-needed';
  readonly added: boolean;
}
export interface ChoreRequest {
  readonly who: Chore['who'];
  readonly infra: Chore['infra'];
}
export interface Focus {
  readonly text: string;
  /** The chore that it is about, or null. */
  readonly chore: string | null;
  /** Local date, YYYY-MM-DD. */
  readonly reviewOn: string;
  readonly updatedAt: number;
  readonly by: string;
}
export interface FocusRequest {
  readonly text: string;
  readonly chore: string | null;
  readonly reviewOn: string;
}

export interface ApiError {
  readonly error: Refusal;
}
