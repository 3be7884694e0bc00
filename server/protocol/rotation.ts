/** Who is next at the keyboard: pure, so that server, browser and tests agree. */
import type { PersonId } from './ids.ts';
import type { RoomState } from './room-state.ts';

/**
 * Among those who take part and are here, the one with the least time at the keyboard; ties go to who
 * joined first. Never the driver, a watcher or an adviser. Null when nobody is left.
 */
export function nextDriver(state: Pick<RoomState, 'members' | 'keyboard'>): PersonId | null {
  let best: PersonId | null = null;
  for (const [id, member] of Object.entries(state.members)) {
    if (id === state.keyboard.driver || member.part !== 'participant' || member.connections === 0) continue;
    const other = best === null ? undefined : state.members[best];
    const sooner =
      other === undefined ||
      member.droveMs < other.droveMs ||
      (member.droveMs === other.droveMs && member.joinedAt < other.joinedAt);
    if (sooner) best = id;
  }
  return best;
}

/** Who should go next, for the button 「◯◯さんに渡す」: who asked first, else by rotation. */
export function suggestedNext(state: RoomState): PersonId | null {
  const here = (id: PersonId) => (state.members[id]?.connections ?? 0) > 0;
  return state.requests.find(here) ?? nextDriver(state);
}
