import type { Fact, FactStore } from '../store.ts';
import { queries } from './queries.ts';
import type { FactTable } from './schema.ts';
import type { Writer } from './writer.ts';

/** Facts come in with the room's change that made them true: see `RoomStore.commit`. */
export function factStore(writer: Writer): FactStore {
  return {
    async ofRoom(room) {
      const query = queries.selectFrom('fact').selectAll().where('room', '=', room);
      return (await writer.all(query.orderBy('at').orderBy('id'))).map(factOf);
    },
  };
}

export function factRow(fact: Fact): FactTable {
  return { ...fact, detail: JSON.stringify(fact.detail) };
}

function factOf(row: FactTable): Fact {
  // Only `factRow` writes the column.
  return { ...row, detail: JSON.parse(row.detail) as Fact['detail'] };
}
