import type { RoomSummary } from '#protocol/api.ts';
import type { PersonId, RoomId } from '#protocol/ids.ts';
import type { Refusal } from '#protocol/messages.ts';
import type { Workspace } from '../seats/workspace.ts';

/** What HTTP asks of rooms; what is live in them goes over the socket. */
export interface RoomsPort {
  /** The person's own attempt at this lab, resumed; a new one when there is none or `fresh`. */
  start(person: PersonId, lab: string, fresh: boolean): Promise<{ readonly room: RoomId } | Refusal>;
  /** A room of the person's own out of one that they may take part in; `fork-exists` unless `replace`. */
  fork(
    person: PersonId,
    room: RoomId,
    from: { readonly point: string | null; readonly replace: boolean },
  ): Promise<{ readonly room: RoomId } | Refusal>;
  /** `not-found` for a room that isn't there, `forbidden` for one that the person may not enter. */
  summary(room: RoomId, person: PersonId): Promise<RoomSummary | Refusal>;
  /** Rooms that the person may enter, touched last first. */
  ofPerson(person: PersonId): Promise<readonly RoomSummary[]>;
  mayEnter(room: RoomId, person: PersonId): Promise<boolean>;
  /** The files of the room's seat, when this person may see or change them now. */
  files(room: RoomId, person: PersonId, use: 'see-files' | 'change-files'): Promise<Workspace | Refusal>;
  /** Whose page shows this room; null when there is no such room. */
  labOf(room: RoomId): Promise<string | null>;
}
