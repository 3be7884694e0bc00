/** Saved points, starting over, going on alone, and how long the seat lives. */
import type { RoomSession } from '../../client/room-session.ts';

export function SeatLives(_: { readonly session: RoomSession }) {
  return null;
}
