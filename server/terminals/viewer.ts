/** One connection's place in a terminal's output: its cursor, what it has acknowledged, its socket. */
import type { Snapshot } from './mirror-messages.ts';

/** What a terminal needs of a connection. */
export interface ViewerPort {
  /**
   * A whole output frame; shared between viewers, so never changed. `sent`: its memory is no longer
   * needed, and may be used again.
   */
  output(frame: Uint8Array, sent: () => void): void;
  resumed(from: number): void;
  /** `gap`: bytes of this stream that the viewer never gets. */
  snapshot(snapshot: Snapshot, gap: number): void;
  /** Bytes handed to the socket and not yet taken by the network. */
  buffered(): number;
}

export class Viewer {
  readonly port: ViewerPort;
  /** Offset of the next byte to send. */
  cursor: number;
  /** Everything before it was parsed by the client's terminal. */
  acked: number;
  /**
   * Up to here it may be behind: it has just been given a place to go on from, and all of this is still in
   * the scrollback. Only beyond it does lag count, so that a repaint never leads to the next one.
   */
  owed: number;
  /** When `acked` last moved, or when an acknowledgement began to be owed. */
  ackedAt: number;
  /** `following`: output flows. `behind`: waits for acks, then for a repaint. `repainting`: snapshot asked. */
  state: 'following' | 'behind' | 'repainting' = 'following';
  /** A hidden tab's timers are throttled: it never paces. */
  visible = true;

  constructor(port: ViewerPort, cursor: number, now: number) {
    this.port = port;
    this.cursor = cursor;
    this.acked = cursor;
    this.owed = cursor;
    this.ackedAt = now;
  }

  /** Goes on from `offset`; what lies between it and `end` is owed, not lag. */
  place(offset: number, end: number, now: number): void {
    this.state = 'following';
    this.cursor = offset;
    this.acked = offset;
    this.owed = end;
    this.ackedAt = now;
  }

  get unacked(): number {
    return this.cursor - this.acked;
  }
}
