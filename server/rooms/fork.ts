/** Going on alone: a new attempt and room of a person's own out of another room, from a saved point or from now. */
import type { PersonId, RoomId } from '#protocol/ids.ts';
import { newRoom, type RoomState } from '#protocol/room-state.ts';
import { newId } from '../lib/ids.ts';
import type { Attempt, PointRecord, RoomOpening } from '../store/store.ts';

export interface Origin {
  readonly state: RoomState;
  readonly attempt: Attempt;
  /** Null: as it is now. */
  readonly point: PointRecord | null;
}

/** Same lab, same values; tasks and who passed them as they are. No fact comes of it: those stay with the room. */
export function forkOpening(
  { state, attempt, point }: Origin,
  by: PersonId,
  replaces: Attempt | null,
  now: number,
): RoomOpening {
  const [room, id]: readonly [RoomId, string] = [newId(), newId()];
  const { lab, tasks } = state;
  const fresh = newRoom({
    id: room,
    lab,
    attempt: id,
    facilitator: by,
    step: point?.step ?? state.step,
    tasks,
  });
  return {
    room: { ...fresh, members: credited(state, by) },
    attempt: { ...attempt, id, room, holder: { kind: 'person', id: by }, createdAt: now, endedAt: null },
    by,
    replaces: replaces === null ? null : { attempt: replaces.id, at: now },
    from: { attempt: attempt.id, point: point?.id ?? null },
  };
}

/** Whoever passed a task keeps their name beside it, and no right in the new room. */
function credited({ members, tasks }: RoomState, except: PersonId): RoomState['members'] {
  const names = new Set(Object.values(tasks).map((task) => task.by));
  return Object.fromEntries(
    Object.entries(members)
      .filter(([id]) => id !== except && names.has(id))
      .map(([id, member]) => [
        id,
        { ...member, part: 'watching' as const, mayTakePart: false, connections: 0, droveMs: 0 },
      ]),
  );
}
