import type { Effect, RoomState } from '#protocol/room-state.ts';
import type { Fact } from '../store/store.ts';

/**
 * What an op made known, as facts for the ledger: who drove, who navigated, who was there when a check
 * passed. Pure; experience, map and reports are computed from facts later, and from nothing else.
 */
export function factsOf(
  effects: readonly Effect[],
  room: RoomState,
  context: { readonly at: number; readonly chore: string; readonly newId: () => string },
): readonly Fact[] {
  const base = { at: context.at, room: room.id, attempt: room.attempt, chore: context.chore };
  const fact = (rest: Pick<Fact, 'kind' | 'person' | 'role' | 'detail'>): Fact => ({
    id: context.newId(),
    ...base,
    ...rest,
  });

  return effects.flatMap((effect): readonly Fact[] => {
    switch (effect.type) {
      case 'turn-ended': {
        const { startedAt, endedAt, ms } = effect;
        const detail = { startedAt, endedAt, ms };
        const drove = fact({ kind: 'turn', person: effect.driver, role: 'driver', detail });
        return effect.navigator === null
          ? [drove]
          : [drove, fact({ kind: 'turn', person: effect.navigator, role: 'navigator', detail })];
      }
      case 'attended':
        return [
          fact({ kind: 'attendance', person: effect.person, role: roleOf(room, effect.person), detail: {} }),
        ];
      case 'task-passed': {
        const detail = { task: effect.task, passedBy: effect.person ?? '' };
        return present(room, effect.person).map((person) =>
          fact({ kind: 'check', person, role: roleOf(room, person), detail }),
        );
      }
      default:
        return [];
    }
  });
}

/** Everybody who is connected, and who passed it even if the connection has just dropped. */
function present(room: RoomState, passedBy: string | null): readonly string[] {
  return Object.entries(room.members)
    .filter(([id, member]) => member.connections > 0 || id === passedBy)
    .map(([id]) => id);
}

function roleOf(room: RoomState, person: string): Fact['role'] {
  if (room.keyboard.driver === person) return 'driver';
  if (room.keyboard.navigator === person) return 'navigator';
  return room.members[person]?.part ?? null;
}
