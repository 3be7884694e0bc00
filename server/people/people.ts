/**
 * Who is who: persons by a name alone, their roles, sessions, and the links and tickets that let them
 * in. It knows the store, and neither HTTP nor what happens in a room.
 */
import { NAME_LENGTH } from '#protocol/limits.ts';
import type { Refusal } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { lineOf } from '../lib/line.ts';
import type { Person, Store } from '../store/store.ts';

export type { Person };

export interface People {
  /** A guest by name alone. */
  welcome(name: string): Promise<Person | Refusal>;
  rename(person: Person, name: string): Promise<Person | Refusal>;
  /** To `role`, unless the person already has a higher one. */
  raise(person: Person, role: 'member' | 'owner'): Promise<Person>;
}

const RANK = { guest: 0, member: 1, owner: 2 } as const;

export const BAD_NAME: Refusal = { code: 'bad-name', values: {} };

export function createPeople({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'people'>;
  readonly clock: Clock;
}): People {
  return {
    async welcome(typed) {
      const name = lineOf(typed, NAME_LENGTH);
      if (name === null) return BAD_NAME;
      const person: Person = { id: newId(), name, role: 'guest', createdAt: clock.now() };
      await store.people.create(person);
      return person;
    },
    async rename(person, typed) {
      const name = lineOf(typed, NAME_LENGTH);
      if (name === null) return BAD_NAME;
      await store.people.rename(person.id, name);
      return { ...person, name };
    },
    async raise(person, role) {
      if (RANK[person.role] >= RANK[role]) return person;
      await store.people.setRole(person.id, role);
      return { ...person, role };
    },
  };
}
