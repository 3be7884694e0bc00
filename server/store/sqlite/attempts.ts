import type { Attempt, AttemptStore } from '../store.ts';
import type { Lives } from './lives.ts';
import { queries } from './queries.ts';
import type { AttemptTable } from './schema.ts';
import type { Writer } from './writer.ts';

export function attemptStore(writer: Writer, lives: Lives): AttemptStore {
  return {
    async get(id) {
      const row = await writer.first(queries.selectFrom('attempt').selectAll().where('id', '=', id));
      return row === null ? null : attemptOf(row);
    },
    async current(lab, person) {
      const query = held(person).where('lab', '=', lab).where('id', 'not in', forks()).limit(1);
      const row = await writer.first(query);
      return row === null ? null : attemptOf(row);
    },
    async setAnswer(attempt, task, value) {
      const query = queries
        .insertInto('answer')
        .values({ attempt, task, value })
        .onConflict((conflict) => conflict.columns(['attempt', 'task']).doUpdateSet({ value }));
      await writer.change(query);
    },
    async answers(id) {
      const query = queries.selectFrom('answer').select(['task', 'value']).where('attempt', '=', id);
      const rows = await writer.all(query);
      return Object.fromEntries(rows.map(({ task, value }) => [task, value]));
    },
    async fork(person) {
      const query = held(person).where('id', 'in', forks()).limit(1);
      const row = await writer.first(query);
      return row === null ? null : attemptOf(row);
    },
    async isFork(id) {
      return (await writer.first(forks().where('attempt', '=', id))) !== null;
    },
    saveHome: (id, tar, at) => lives.saveHome(id, tar, at),
    home: (id) => lives.home(id),
    homeSavedAt: (id) => lives.homeSavedAt(id),
  };
}

/** What a person holds and has not ended, newest first. */
function held(person: string) {
  return queries
    .selectFrom('attempt')
    .selectAll()
    .where('holder_kind', '=', 'person')
    .where('holder_id', '=', person)
    .where('ended_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id');
}

function forks() {
  return queries.selectFrom('fork').select('attempt');
}

export function attemptRow(attempt: Attempt): AttemptTable {
  const { id, lab, version, seed, room } = attempt;
  return {
    ...{ id, lab, version, seed, room },
    vars: JSON.stringify(attempt.vars),
    holder_kind: attempt.holder.kind,
    holder_id: attempt.holder.id,
    created_at: attempt.createdAt,
    ended_at: attempt.endedAt,
  };
}

function attemptOf(row: AttemptTable): Attempt {
  const { id, lab, version, seed, room } = row;
  return {
    ...{ id, lab, version, seed, room },
    // Only `attemptRow` writes the column.
    vars: JSON.parse(row.vars) as Attempt['vars'],
    holder: { kind: row.holder_kind, id: row.holder_id },
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
