import type { LinkStore } from '../store.ts';
import { queries } from './queries.ts';
import { accessOf } from './rooms.ts';
import { statement, type Writer } from './writer.ts';

export function linkStore(writer: Writer): LinkStore {
  return {
    async create(link) {
      const { id, kind, hash, room, uses } = link;
      const row = {
        ...{ id, kind, hash, room, uses },
        code_hash: link.codeHash,
        created_by: link.createdBy,
        created_at: link.createdAt,
        expires_at: link.expiresAt,
      };
      await writer.change(queries.insertInto('link').values(row));
    },
    byHash: (hash) => writer.first(links().where('hash', '=', hash)),
    byCodeHash: (hash, now) =>
      writer.first(links().where('code_hash', '=', hash).where('expires_at', '>', now)),
    get: (id) => writer.first(links().where('id', '=', id)),
    list(now) {
      const givesRights = queries.selectFrom('access').select('link').where('link', 'is not', null);
      const query = links()
        .where((link) => link.or([link('expires_at', '>', now), link('id', 'in', givesRights)]))
        .orderBy('created_at', 'desc')
        .orderBy('id');
      return writer.all(query);
    },
    async spend(id, once) {
      const used = queries
        .updateTable('link')
        .set((link) => ({ uses: link('uses', '+', 1) }))
        .where('id', '=', id);
      return (await writer.change(once ? used.where('uses', '=', 0) : used)) === 1;
    },
    async revoke(id) {
      const rights = queries.deleteFrom('access').where('link', '=', id).returningAll();
      const link = queries.deleteFrom('link').where('id', '=', id);
      return (await writer.all(rights, [statement(link)])).map(accessOf);
    },
  };
}

function links() {
  return queries
    .selectFrom('link')
    .select([
      'id',
      'kind',
      'hash',
      'code_hash as codeHash',
      'room',
      'created_by as createdBy',
      'created_at as createdAt',
      'expires_at as expiresAt',
      'uses',
    ]);
}
