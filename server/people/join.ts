import type { JoinAnswer, JoinTarget } from '#protocol/api.ts';
import type { ErrorCode } from '#protocol/errors.ts';
import { NAME_LENGTH } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import { lineOf } from '../lib/line.ts';
import type { Store, StoredLink } from '../store/store.ts';
import type { Links } from './links.ts';
import { BAD_NAME, type People, type Person } from './people.ts';

/** What was posted: exactly one way in, and a name when the browser belongs to nobody yet. */
export interface Joining {
  readonly by: { readonly secret: string } | { readonly code: string };
  readonly name: string | null;
  readonly person: Person | null;
}

export type Joined =
  | { readonly refused: Refusal }
  /** `newcomer`: who was made of the name, and has no session yet. */
  | { readonly answer: JoinAnswer; readonly newcomer: Person | null };

export type Join = (joining: Joining) => Promise<Joined>;

/**
 * Spends a link: a person becomes what it says. Without a person and without a name it only says what
 * it is for, so that a preview or a first look costs nothing.
 */
export function createJoin({
  store,
  people,
  links,
}: {
  readonly store: Pick<Store, 'links' | 'rooms'>;
  readonly people: People;
  readonly links: Pick<Links, 'bySecret' | 'byCode'>;
}): Join {
  return async ({ by, name, person }) => {
    const link = 'secret' in by ? await links.bySecret(by.secret) : await links.byCode(by.code);
    if (link === null) return refused('secret' in by ? 'link-spent' : 'code-unknown');
    const { kind } = link;
    if (person === null && name === null) {
      return { answer: { needsName: true, kind }, newcomer: null };
    }
    // Before the link is spent: a name that is too long must not cost the owner link.
    if (person === null && lineOf(name ?? '', NAME_LENGTH) === null) return { refused: BAD_NAME };
    if (!(await store.links.spend(link.id, kind === 'owner'))) return refused('link-spent');

    const who = person ?? (await people.welcome(name ?? ''));
    if ('code' in who) return { refused: who };
    const to = await give(store, people, link, who);
    if (to === null) return refused('link-spent');
    return { answer: { needsName: false, kind, to }, newcomer: person === null ? who : null };
  };
}

/** Null when the link was revoked after it was spent. */
async function give(
  store: Pick<Store, 'rooms'>,
  people: People,
  link: StoredLink,
  person: Person,
): Promise<JoinTarget | null> {
  switch (link.kind) {
    case 'owner':
      await people.raise(person, 'owner');
      return { page: 'home' };
    case 'team':
      await people.raise(person, 'member');
      return { page: 'home' };
    case 'room-take-part':
    case 'room-watch': {
      const { room, kind, id } = link;
      if (room === null) throw new Error(`The link ${id} is for a room, and names none.`);
      const mayTakePart = kind === 'room-take-part';
      const given = await store.rooms.grant({ room, person: person.id, mayTakePart, link: id });
      return given ? { page: 'room', room } : null;
    }
    default:
      return link.kind satisfies never;
  }
}

function refused(code: ErrorCode): Joined {
  return { refused: { code, values: {} } };
}
