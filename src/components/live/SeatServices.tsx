/** What runs beside the shell, and the web pages that can be looked at. */
import type { RoomSession } from '../../client/room-session.ts';

export function SeatServices(_: { readonly session: RoomSession }) {
  return null;
}
