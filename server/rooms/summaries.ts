import type { RoomSummary } from '#protocol/api.ts';
import type { PersonId, RoomId } from '#protocol/ids.ts';
import type { Refusal } from '#protocol/messages.ts';
import type { RoomState } from '#protocol/room-state.ts';
import type { Store } from '../store/store.ts';

const ROOMS_SHOWN = 20; // on the front page: what one may still remember

/** Rooms as lists show them; read from the store, so that no room has to be opened for it. */
export function createSummaries(store: Pick<Store, 'rooms'>) {
  return {
    async summary(room: RoomId, person: PersonId): Promise<RoomSummary | Refusal> {
      const [state, touchedAt] = await Promise.all([store.rooms.get(room), store.rooms.touchedAt(room)]);
      if (state === null || touchedAt === null) return { code: 'not-found', values: {} };
      if ((await store.rooms.access(room, person)) === null) return { code: 'forbidden', values: {} };
      return summarise(state, touchedAt);
    },
    async ofPerson(person: PersonId): Promise<readonly RoomSummary[]> {
      const mine = await store.rooms.ofPerson(person, ROOMS_SHOWN);
      return mine.map(({ state, touchedAt }) => summarise(state, touchedAt));
    },
    async mayEnter(room: RoomId, person: PersonId): Promise<boolean> {
      return (await store.rooms.access(room, person)) !== null;
    },
    async labOf(room: RoomId): Promise<string | null> {
      return (await store.rooms.get(room))?.lab ?? null;
    },
  };
}

function summarise(state: RoomState, touchedAt: number): RoomSummary {
  const tasks = Object.values(state.tasks);
  return {
    id: state.id,
    kind: state.kind,
    lab: state.lab,
    facilitator: state.facilitator,
    tasksPassed: tasks.filter((task) => task.report.status === 'pass').length,
    tasks: tasks.length,
    touchedAt,
  };
}
