import { sql } from 'kysely';
import type { WorldLogStore } from '../store.ts';
import { queries } from './queries.ts';
import { statement, type Writer } from './writer.ts';

type LogEntry = Readonly<Record<string, unknown>>;

export function worldLogStore(writer: Writer): WorldLogStore {
  return {
    async append(attempt, n, entry) {
      // A hole would replay into another world, so the number has to follow the last one.
      const last = queries
        .selectFrom('world_log')
        .select((log) => log.fn.coalesce(log.fn.max('n'), sql.val(n - 1)).as('last'))
        .where('attempt', '=', attempt);
      const query = queries
        .insertInto('world_log')
        .columns(['attempt', 'n', 'entry'])
        .expression(
          queries
            .selectFrom(last.as('log'))
            .select([
              sql.val(attempt).as('attempt'),
              sql.val(n).as('n'),
              sql.val(JSON.stringify(entry)).as('entry'),
            ])
            .where('log.last', '=', n - 1),
        );
      await writer.run([statement(query, 1)]);
    },
    async read(attempt) {
      const query = queries.selectFrom('world_log').select('entry').where('attempt', '=', attempt);
      const rows = await writer.all(query.orderBy('n'));
      // Only `append` writes the column.
      return rows.map(({ entry }) => JSON.parse(entry) as LogEntry);
    },
  };
}
