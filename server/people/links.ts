import type { LinkKind } from '#protocol/api.ts';
import { normaliseCode } from '#protocol/ids.ts';
import { MINUTE } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { RoomAccess, Store, StoredLink } from '../store/store.ts';
import { type LinkSecrets, linkSecrets, matches } from './link-secrets.ts';
import type { Person } from './people.ts';
import { sha256 } from './sessions.ts';

const DAY = 24 * 60 * MINUTE;
export const LINK_LIFE_MS: Readonly<Record<LinkKind, number>> = {
  owner: 15 * MINUTE, // printed to a terminal, perhaps to a log
  team: 30 * DAY,
  'room-take-part': 7 * DAY, // a session and its sequel
  'room-watch': 7 * DAY,
};
const CODE_TRIES = 8; // 729 million codes: even a second try is rare

/** A link as who made it may see it: with the secret and the code. */
export interface ShownLink {
  readonly link: StoredLink & { readonly kind: Exclude<LinkKind, 'owner'> };
  readonly secret: string;
  readonly code: string | null;
}

export interface NewLink {
  readonly kind: Exclude<LinkKind, 'owner'>;
  readonly room: string | null;
}

/** Links are capabilities: whoever has one may do what it says, until it expires or is revoked. */
export interface Links {
  /** Team links by the owner, room links by the room's facilitator. */
  create(by: Person, wanted: NewLink): Promise<ShownLink | Refusal>;
  /**
   * The owner sees all of them; others those of the rooms that they facilitate. Newest first. One that
   * has expired is there while somebody has a right by it, since to revoke it is how they are sent away.
   */
  list(by: Person): Promise<readonly ShownLink[]>;
  /** Takes the link, and what it gave, away at once. */
  revoke(by: Person, id: string): Promise<Refusal | null>;
  /** Hears who lost a right in a room by a revoked link; the result stops it. */
  onRevoked(listener: (lost: readonly RoomAccess[]) => void): () => void;
  /** The secret of a new owner link, good once, for 15 minutes; those before it are good no more. */
  owner(): Promise<string>;
  /** A link that is still good, or null. Spends nothing. */
  bySecret(secret: string): Promise<StoredLink | null>;
  byCode(typed: string): Promise<StoredLink | null>;
}

interface LinksDeps {
  readonly store: Pick<Store, 'links' | 'rooms' | 'secret'>;
  readonly clock: Clock;
}

export async function createLinks({ store, clock }: LinksDeps): Promise<Links> {
  const secrets = linkSecrets(await store.secret('links'));
  const listeners = new Set<(lost: readonly RoomAccess[]) => void>();
  const maySee = async (person: Person, link: { readonly kind: LinkKind; readonly room: string | null }) =>
    link.room === null ? person.role === 'owner' : (await facilitator(store, link.room)) === person.id;

  return {
    async create(by, { kind, room }) {
      if ((kind === 'team') !== (room === null)) return refusal('bad-request');
      if (room !== null && (await facilitator(store, room)) === null) return refusal('not-found');
      if (!(await maySee(by, { kind, room }))) return refusal('forbidden');
      const link = await made({ store, clock }, secrets, kind, room, by.id);
      return shown(secrets, { ...link, kind });
    },
    async list(by) {
      const found: ShownLink[] = [];
      for (const { kind, ...link } of await store.links.list(clock.now())) {
        if (kind === 'owner') continue;
        if (by.role === 'owner' || (await maySee(by, { kind, room: link.room }))) {
          found.push(shown(secrets, { ...link, kind }));
        }
      }
      return found;
    },
    async revoke(by, id) {
      const link = await store.links.get(id);
      if (link === null || link.kind === 'owner') return refusal('not-found');
      if (by.role !== 'owner' && !(await maySee(by, link))) return refusal('forbidden');
      const lost = await withoutOtherRight(store, await store.links.revoke(id));
      if (lost.length > 0) for (const listener of listeners) listener(lost);
      return null;
    },
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async owner() {
      const older = (await store.links.list(clock.now())).filter(({ kind }) => kind === 'owner');
      await Promise.all(older.map(({ id }) => store.links.revoke(id)));
      const link = await made({ store, clock }, secrets, 'owner', null, null);
      return secrets.secretOf(link.id);
    },
    async bySecret(secret) {
      const link = await store.links.byHash(sha256(secret));
      return link !== null && isGood(link, clock.now()) && matches(secret, link.hash) ? link : null;
    },
    async byCode(typed) {
      const code = normaliseCode(typed);
      if (code === null) return null;
      const link = await store.links.byCodeHash(sha256(code), clock.now());
      return link !== null && matches(code, link.codeHash ?? '') ? link : null;
    },
  };
}

/** For `main` and `dojou owner-link`: the whole address, secret in the fragment. */
export async function ownerLink(deps: LinksDeps & { readonly url: string }): Promise<string> {
  const links = await createLinks(deps);
  return joinUrl(deps.url, await links.owner());
}

/** Where a link is opened; what follows the `#` is never sent by a browser. */
export function joinUrl(url: string, secret: string): string {
  return `${new URL(url).origin}/join/#${secret}`;
}

async function facilitator(store: LinksDeps['store'], room: string): Promise<string | null> {
  return (await store.rooms.get(room))?.facilitator ?? null;
}

/** Ids are drawn anew until the code is nobody else's. */
async function made(
  { store, clock }: LinksDeps,
  secrets: LinkSecrets,
  kind: LinkKind,
  room: string | null,
  createdBy: string | null,
): Promise<StoredLink> {
  const now = clock.now();
  for (let tried = 0; tried < CODE_TRIES; tried++) {
    const id = newId();
    const codeHash = room === null ? null : sha256(secrets.codeOf(id));
    if (codeHash !== null && (await store.links.byCodeHash(codeHash, 0)) !== null) continue;
    const hash = sha256(secrets.secretOf(id));
    const expiresAt = now + LINK_LIFE_MS[kind];
    const link: StoredLink = {
      id,
      kind,
      hash,
      codeHash,
      room,
      createdBy,
      createdAt: now,
      expiresAt,
      uses: 0,
    };
    await store.links.create(link);
    return link;
  }
  throw new Error(`No short code was free in ${CODE_TRIES} tries.`);
}

function shown(secrets: LinkSecrets, link: ShownLink['link']): ShownLink {
  const code = link.room === null ? null : secrets.codeOf(link.id);
  return { link, secret: secrets.secretOf(link.id), code };
}

function isGood(link: StoredLink, now: number): boolean {
  return link.expiresAt > now && !(link.kind === 'owner' && link.uses > 0);
}

/** Who came by another link as well, with the same right, lost nothing. */
async function withoutOtherRight(
  store: LinksDeps['store'],
  gone: readonly RoomAccess[],
): Promise<readonly RoomAccess[]> {
  const lost: RoomAccess[] = [];
  for (const access of gone) {
    const left = await store.rooms.access(access.room, access.person);
    if (left === null || (access.mayTakePart && !left.mayTakePart)) lost.push(access);
  }
  return lost;
}

function refusal(code: Refusal['code']): Refusal {
  return { code, values: {} };
}
