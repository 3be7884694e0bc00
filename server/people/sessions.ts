import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { newSecret } from '../lib/ids.ts';
import type { Store } from '../store/store.ts';
import type { Person } from './people.ts';

export const SESSION_LIFE_MS = 90 * 24 * 60 * 60 * 1000; // a reading group's season; signing in is one name

/** A browser is one person for 90 days: it holds a token of 256 bits, the store only its SHA-256. */
export interface Sessions {
  /** The token, for the cookie. */
  open(person: Person): Promise<string>;
  personOf(token: string | undefined): Promise<Person | null>;
  close(token: string): Promise<void>;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function createSessions({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'people'>;
  readonly clock: Clock;
}): Sessions {
  return {
    async open(person) {
      const token = newSecret();
      const expiresAt = clock.now() + SESSION_LIFE_MS;
      await store.people.openSession({ hash: sha256(token), person: person.id, expiresAt });
      return token;
    },
    async personOf(token) {
      if (token === undefined || !TOKEN.test(token)) return null;
      return store.people.personOfSession(sha256(token), clock.now());
    },
    async close(token) {
      await store.people.closeSession(sha256(token));
    },
  };
}

/** Hex. Tokens and link secrets are random, so a slow hash would add nothing. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
