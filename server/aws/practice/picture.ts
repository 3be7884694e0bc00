/** A world as people look at it: what `WorldPicture` says, from the state at one moment. */
import { nextEcsChange, picturedClusters } from './services/ecs/picture.ts';
import type { WorldState } from './state.ts';
import type { WorldPicture } from './world.ts';

/** `wall`: wall time, ms. */
export function pictureOf(state: WorldState, wall: number): WorldPicture {
  const now = wall + state.ahead;
  const next = nextEcsChange(state, now);
  return {
    at: wall,
    nextChangeAt: Number.isFinite(next) ? next - state.ahead : null,
    clusters: picturedClusters(state, now),
  };
}
