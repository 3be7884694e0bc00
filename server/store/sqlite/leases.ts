import type { LeaseStore } from '../store.ts';
import { queries } from './queries.ts';
import type { Writer } from './writer.ts';

export function leaseStore(writer: Writer): LeaseStore {
  return {
    async get(attempt) {
      const query = queries
        .selectFrom('lease')
        .select(['begun_at', 'ends_at'])
        .where('attempt', '=', attempt);
      const row = await writer.first(query);
      return row === null ? null : { begunAt: row.begun_at, endsAt: row.ends_at };
    },
    async put(attempt, { begunAt, endsAt }) {
      const times = { begun_at: begunAt, ends_at: endsAt };
      const query = queries
        .insertInto('lease')
        .values({ attempt, ...times })
        .onConflict((conflict) => conflict.column('attempt').doUpdateSet(times));
      await writer.change(query);
    },
  };
}
