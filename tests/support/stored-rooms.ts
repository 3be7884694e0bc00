import { newRoom } from '#protocol/room-state.ts';
import type { RoomsPort } from '../../server/http/rooms-port.ts';
import { newId } from '../../server/lib/ids.ts';
import { createSummaries } from '../../server/rooms/summaries.ts';
import type { RoomOpening, Store } from '../../server/store/store.ts';

/** Rooms that are only records: what HTTP needs of them, without seats. Knows the labs that it is given. */
export function storedRooms(store: Store, labs: readonly string[]): RoomsPort {
  return {
    ...createSummaries(store),
    async start(person, lab, fresh) {
      if (!labs.includes(lab)) return { code: 'not-found', values: {} };
      const current = await store.attempts.current(lab, person);
      if (current !== null && !fresh) return { room: current.room };
      return { room: await openRoom(store, person, lab) };
    },
    fork: () => Promise.resolve({ code: 'not-found', values: {} }),
    files: () => Promise.resolve({ code: 'no-seat', values: {} }),
  };
}

/** A room of `person`'s own, with an attempt; its id. */
export async function openRoom(store: Store, person: string, lab = 'see-whats-running'): Promise<string> {
  const opening = openingOf(person, lab);
  await store.rooms.create(opening);
  return opening.room.id;
}

/** What starting a lab stores, for the first time. */
export function openingOf(by: string, lab = 'see-whats-running'): RoomOpening {
  const [room, attempt] = [newId(), newId()];
  return {
    room: newRoom({ id: room, lab, attempt, facilitator: by, step: 'look', tasks: {} }),
    attempt: {
      ...{ id: attempt, lab, version: '1', seed: 'ab', vars: { cluster: 'park' }, room },
      holder: { kind: 'person', id: by },
      createdAt: 1,
      endedAt: null,
    },
    by,
    replaces: null,
  };
}
