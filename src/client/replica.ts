/** The room as this browser has it: the server's ops, applied in order by the server's own `apply`. */
import { apply } from '#protocol/apply.ts';
import type { Entry, RoomState } from '#protocol/room-state.ts';

export type Advanced =
  | { readonly kind: 'moved'; readonly state: RoomState }
  /** Already in the snapshot that the welcome brought. */
  | { readonly kind: 'known' }
  /** Something is missing, or both sides disagree: ask for a fresh room. */
  | { readonly kind: 'gap' };

/** `seq` is the room's sequence number after the entry. */
export function advance(state: RoomState, seq: number, entry: Entry): Advanced {
  if (seq <= state.seq) return { kind: 'known' };
  if (seq !== state.seq + 1) return { kind: 'gap' };
  const applied = apply(state, entry);
  return applied.ok ? { kind: 'moved', state: applied.state } : { kind: 'gap' };
}
