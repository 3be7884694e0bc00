import type { Clock } from '../../lib/clock.ts';
import type { PeopleStore } from '../store.ts';
import { queries } from './queries.ts';
import { statement, type Writer } from './writer.ts';

export function peopleStore(writer: Writer, clock: Clock): PeopleStore {
  return {
    async create({ id, name, role, createdAt }) {
      await writer.change(queries.insertInto('person').values({ id, name, role, created_at: createdAt }));
    },
    get: (id) => writer.first(persons().where('person.id', '=', id)),
    async rename(id, name) {
      await writer.run([statement(queries.updateTable('person').set({ name }).where('id', '=', id), 1)]);
    },
    async setRole(id, role) {
      await writer.run([statement(queries.updateTable('person').set({ role }).where('id', '=', id), 1)]);
    },
    async openSession({ hash, person, expiresAt }) {
      await writer.run([
        statement(queries.deleteFrom('session').where('expires_at', '<=', clock.now())),
        statement(queries.insertInto('session').values({ hash, person, expires_at: expiresAt })),
      ]);
    },
    personOfSession: (hash, now) =>
      writer.first(
        persons()
          .innerJoin('session', 'session.person', 'person.id')
          .where('session.hash', '=', hash)
          .where('session.expires_at', '>', now),
      ),
    async closeSession(hash) {
      await writer.change(queries.deleteFrom('session').where('hash', '=', hash));
    },
  };
}

function persons() {
  return queries
    .selectFrom('person')
    .select(['person.id', 'person.name', 'person.role', 'person.created_at as createdAt']);
}
