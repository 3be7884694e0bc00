import type { Focus } from '#protocol/api.ts';
import type { MapStore } from '../store.ts';
import { queries } from './queries.ts';
import type { Writer } from './writer.ts';

export function mapStore(writer: Writer): MapStore {
  return {
    chores: () =>
      writer.all(queries.selectFrom('chore').select(['slug', 'name', 'who', 'infra']).orderBy('place')),
    async putChore({ slug, name, who, infra }) {
      const place = queries
        .selectFrom('chore')
        .select((chore) => chore(chore.fn.coalesce(chore.fn.max('place'), chore.val(0)), '+', 1).as('place'));
      const query = queries
        .insertInto('chore')
        .values({ slug, name, who, infra, place })
        .onConflict((conflict) => conflict.column('slug').doUpdateSet({ name, who, infra }));
      await writer.change(query);
    },
    async deleteChore(slug) {
      await writer.change(queries.deleteFrom('chore').where('slug', '=', slug));
    },
    async focus() {
      const row = await writer.first(queries.selectFrom('focus').selectAll());
      if (row === null) return null;
      const { text, chore, by } = row;
      return { text, chore, by, reviewOn: row.review_on, updatedAt: row.updated_at } satisfies Focus;
    },
    async putFocus({ text, chore, reviewOn, updatedAt, by }) {
      const row = { text, chore, by, review_on: reviewOn, updated_at: updatedAt };
      const query = queries
        .insertInto('focus')
        .values({ one: 1, ...row })
        .onConflict((conflict) => conflict.column('one').doUpdateSet(row));
      await writer.change(query);
    },
  };
}
