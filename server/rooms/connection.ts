import type { ErrorCode } from '#protocol/errors.ts';
import type { PersonId } from '#protocol/ids.ts';
import type { ServerMessage } from '#protocol/messages.ts';

/** What a room needs of a socket. */
export interface RoomConnection {
  readonly person: PersonId;
  /** Stable for the life of the browser's tab, across reconnects. */
  readonly tab: string;
  /** Counts up as connections are opened: of two that one tab has, the later one counts. */
  readonly order: number;
  send(message: ServerMessage): void;
  /** A whole binary frame of terminal output; `sent` when its memory is no longer needed. */
  output(frame: Uint8Array, sent: () => void): void;
  /** Bytes that the network has not taken yet. */
  buffered(): number;
  /** Says why, and closes. */
  end(code: ErrorCode): void;
}
