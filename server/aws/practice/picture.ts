/** A world as people look at it: what `WorldPicture` says, from the state at one moment. */
import type { WorldState } from './state.ts';
import type { WorldPicture } from './world.ts';

/** `wall`: wall time, ms. */
export function pictureOf(_state: WorldState, wall: number): WorldPicture {
  return { at: wall, nextChangeAt: null, clusters: [], logGroups: [], parameters: [] };
}
