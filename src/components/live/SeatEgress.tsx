/** Where programs of the seat may go, and where they went. */
import type { RoomSession } from '../../client/room-session.ts';

export function SeatEgress(_: { readonly session: RoomSession }) {
  return null;
}
