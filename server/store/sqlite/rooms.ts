import { sql } from 'kysely';
import type { RoomState } from '#protocol/room-state.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Holder, RoomAccess, RoomOpening, RoomStore } from '../store.ts';
import { attemptRow } from './attempts.ts';
import { factRow } from './facts.ts';
import { copies, type Lives } from './lives.ts';
import { queries } from './queries.ts';
import type { AccessTable } from './schema.ts';
import { statement, type Writer } from './writer.ts';

export function roomStore(writer: Writer, clock: Clock, lives: Pick<Lives, 'adopt'>): RoomStore {
  return {
    async create({ room, attempt, by, replaces, from }) {
      if (from !== undefined) await lives.adopt(from.attempt);
      await writer.run([
        ...(replaces === null ? [] : [statement(attemptEnd(replaces), 1)]),
        statement(queries.insertInto('attempt').values(attemptRow(attempt)), 1),
        statement(
          queries.insertInto('room').values({
            id: room.id,
            attempt: attempt.id,
            state: JSON.stringify(room),
            touched_at: clock.now(),
          }),
          1,
        ),
        statement(
          queries.insertInto('access').values({ room: room.id, person: by, link: null, may_take_part: 1 }),
          1,
        ),
        ...(from === undefined
          ? []
          : [
              statement(
                queries.insertInto('fork').values({ attempt: attempt.id, of_attempt: from.attempt }),
                1,
              ),
              ...copies(from.attempt, from.point, attempt.id, clock.now()),
            ]),
      ]);
    },
    async get(id) {
      const row = await writer.first(queries.selectFrom('room').select('state').where('id', '=', id));
      return row === null ? null : stateOf(row.state);
    },
    async touchedAt(id) {
      const row = await writer.first(queries.selectFrom('room').select('touched_at').where('id', '=', id));
      return row?.touched_at ?? null;
    },
    async commit({ room, facts, holder }) {
      await writer.run([
        statement(stateChange(room, clock.now()), 1),
        ...facts.map((fact) => statement(queries.insertInto('fact').values(factRow(fact)), 1)),
        ...(holder === undefined ? [] : [statement(holderChange(room, holder), 1)]),
      ]);
    },
    async grant({ room, person, mayTakePart, link }) {
      // Selected from the link itself: once that is gone, there is nothing to insert.
      const right = queries
        .selectFrom('link')
        .select([
          sql.val(room).as('room'),
          sql.val(person).as('person'),
          'id as link',
          sql.val(mayTakePart ? 1 : 0).as('may_take_part'),
        ])
        .where('id', '=', link);
      const query = queries
        .insertInto('access')
        .orReplace()
        .columns(['room', 'person', 'link', 'may_take_part'])
        .expression(right);
      return (await writer.change(query)) === 1;
    },
    async access(room, person) {
      // A person may have come by several links: the strongest right counts, an own one before a lent one.
      const query = queries
        .selectFrom('access')
        .selectAll()
        .where('room', '=', room)
        .where('person', '=', person)
        .orderBy('may_take_part', 'desc')
        .orderBy('link', (order) => order.asc().nullsFirst())
        .limit(1);
      const row = await writer.first(query);
      return row === null ? null : accessOf(row);
    },
    async ofPerson(person, limit) {
      const query = queries
        .selectFrom('room')
        .select(['state', 'touched_at as touchedAt'])
        .where('id', 'in', (from) => from.selectFrom('access').select('room').where('person', '=', person))
        .orderBy('touched_at', 'desc')
        .orderBy('id')
        .limit(limit);
      const rows = await writer.all(query);
      return rows.map(({ state, touchedAt }) => ({ state: stateOf(state), touchedAt }));
    },
  };
}

function attemptEnd({ attempt, at }: NonNullable<RoomOpening['replaces']>) {
  return queries
    .updateTable('attempt')
    .set({ ended_at: at })
    .where('id', '=', attempt)
    .where('ended_at', 'is', null);
}

/** Changes nothing when what is stored is as new: two servers, or a room that was opened twice. */
function stateChange(room: RoomState, now: number) {
  const change = { state: JSON.stringify(room), attempt: room.attempt, touched_at: now };
  return queries
    .updateTable('room')
    .set(change)
    .where('id', '=', room.id)
    .where(sql<number>`json_extract(state, '$.seq')`, '<', room.seq);
}

function holderChange(room: RoomState, { kind, id }: Holder) {
  return queries
    .updateTable('attempt')
    .set({ holder_kind: kind, holder_id: id })
    .where('id', '=', room.attempt);
}

/** Only this file writes the column, from a RoomState; migrations bring old shapes up. */
function stateOf(json: string): RoomState {
  return JSON.parse(json) as RoomState;
}

export function accessOf({ room, person, link, may_take_part }: AccessTable): RoomAccess {
  return { room, person, link, mayTakePart: may_take_part === 1 };
}
