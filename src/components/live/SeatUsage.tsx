/** What the seat uses, beside what it may use. */
import type { RoomSession } from '../../client/room-session.ts';

export function SeatUsage(_: { readonly session: RoomSession }) {
  return null;
}
