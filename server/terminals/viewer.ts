/** One connection's place in a terminal's output: its cursor, what it has acknowledged, its socket. */
import {
  ACK_EVERY_BYTES,
  ACK_TIMEOUT_MS,
  HIGH_WATER_BYTES,
  LEAST_WINDOW_BYTES,
  LOW_WATER_BYTES,
  VIEWER_LAG_BYTES,
  VIEWER_LAG_MS,
} from '#protocol/limits.ts';
import type { Snapshot } from './mirror-messages.ts';
import type { Place, SizeMark } from './output-log.ts';

/** What a terminal needs of a connection. Everything is sent in the order in which it is called. */
export interface ViewerPort {
  /**
   * A whole output frame; shared between viewers, so never changed. `sent`: its memory is no longer
   * needed, and may be used again.
   */
  output(frame: Uint8Array, sent: () => void): void;
  resumed(from: number): void;
  resized(mark: SizeMark): void;
  /** `gap`: bytes of this stream that the viewer never gets. `sent`: the network has taken it. */
  snapshot(snapshot: Snapshot, gap: number, sent: () => void): void;
  /** Bytes handed to the socket and not yet taken by the network. */
  buffered(): number;
}

/** An acknowledgement that takes longer than this halves what is on its way at once; */
const SLOW_MS = 250;
/** one that is quicker than this doubles it. */
const QUICK_MS = 100;

export class Viewer implements Place {
  readonly port: ViewerPort;
  /** Offset of the next byte to send. */
  cursor: number;
  /** Number of the next change of size to tell. */
  mark: number;
  /** Everything before it was parsed by the client's terminal. */
  acked: number;
  /** `following`: output flows. `behind`: waits for acks, then for a repaint. `repainting`: snapshot asked. */
  state: 'following' | 'behind' | 'repainting' = 'following';
  /** A hidden tab's timers are throttled: it never paces. */
  visible = true;
  /** What a repaint brings again of what comes before this offset, it has seen already. */
  shown = 0;
  /** Sees the seat's secrets, too. */
  driver = false;
  /**
   * Bytes that may be on their way at once. Less on a slow line, so that presence and the clock, which
   * travel behind them, stay fresh, and ^C stops what one sees.
   */
  #window = HIGH_WATER_BYTES;
  /**
   * Up to here it may be behind: it has just been given a place to go on from, and all of this is still in
   * the scrollback. Only beyond it does lag count, so that a repaint never leads to the next one.
   */
  #owed: number;
  /** When `acked` last moved, or when an acknowledgement began to be owed. */
  #ackedAt: number;
  /** The output ended at this offset at this time, and not all of it could be sent. */
  #late: { readonly offset: number; readonly at: number } | null = null;
  /** Sent up to this offset at this time: its acknowledgement tells how long the line is. */
  #probe: { readonly offset: number; readonly at: number } | null = null;

  constructor(port: ViewerPort, place: Place, now: number) {
    this.port = port;
    this.cursor = place.cursor;
    this.mark = place.mark;
    this.acked = place.cursor;
    this.#owed = place.cursor;
    this.#ackedAt = now;
  }

  /** Goes on from there; what lies between it and `end` is owed, not lag. */
  goOn(place: Place, end: number, now: number): void {
    this.state = 'following';
    this.cursor = place.cursor;
    this.mark = place.mark;
    this.acked = place.cursor;
    this.#owed = end;
    this.#ackedAt = now;
    this.#late = null;
    this.#probe = null;
  }

  get unacked(): number {
    return this.cursor - this.acked;
  }

  /** Unacknowledged output at which a pty that this viewer paces stops, and goes on. */
  get water(): { readonly high: number; readonly low: number } {
    return {
      high: this.#window,
      low: Math.max((this.#window * LOW_WATER_BYTES) / HIGH_WATER_BYTES, LEAST_LOW),
    };
  }

  get mayTake(): boolean {
    return this.unacked < this.#window && this.port.buffered() < this.#window;
  }

  sent(bytes: number, now: number): void {
    this.cursor += bytes;
    this.#probe ??= { offset: this.cursor, at: now };
  }

  acknowledge(offset: number, now: number): void {
    this.acked = offset;
    this.#ackedAt = now;
    if (this.#probe === null || offset < this.#probe.offset) return;
    const took = now - this.#probe.at;
    this.#probe = null;
    if (took > SLOW_MS) this.#window = Math.max(LEAST_WINDOW_BYTES, this.#window / 2);
    else if (took < QUICK_MS) this.#window = Math.min(HIGH_WATER_BYTES, this.#window * 2);
  }

  /** Before sending: one that owes no acknowledgement yet is not silent. */
  touch(now: number): void {
    if (this.unacked < ACK_EVERY_BYTES) this.#ackedAt = now;
  }

  /** False when its acknowledgements say nothing about who reads the screen. */
  fitToPace(now: number): boolean {
    if (!this.visible || this.state !== 'following') return false;
    return this.unacked < ACK_EVERY_BYTES || now - this.#ackedAt <= ACK_TIMEOUT_MS;
  }

  /** After sending: more than it may be behind, in bytes or in time? */
  isLate(end: number, now: number): boolean {
    if (this.#late !== null && this.cursor >= this.#late.offset) this.#late = null;
    if (this.cursor < end && this.cursor >= this.#owed) this.#late ??= { offset: end, at: now };
    const behind = end - Math.max(this.cursor, this.#owed);
    return behind > VIEWER_LAG_BYTES || (this.#late !== null && now - this.#late.at > VIEWER_LAG_MS);
  }
}

/** An acknowledgement comes for each ACK_EVERY_BYTES: a lower mark than this would never be reached. */
const LEAST_LOW = 1.5 * ACK_EVERY_BYTES;
