/**
 * A terminal: one pty, many viewers. Bytes get an absolute offset, go to the scrollback and the mirror,
 * and from there to each viewer at its own pace; the slowest of driver and mirror paces the pty. It
 * knows nothing of rooms, people or sockets.
 */
import { OUTPUT_HEADER_BYTES, writeOutputHeader } from '#protocol/frames.ts';
import {
  ACK_EVERY_BYTES,
  ACK_TIMEOUT_MS,
  COALESCE_MS,
  FRAME_BYTES,
  HIGH_WATER_BYTES,
  LOW_WATER_BYTES,
  MIB,
  SCROLLBACK_BYTES,
  VIEWER_LAG_BYTES,
} from '#protocol/limits.ts';
import type { Clock } from '../lib/clock.ts';
import type { Pty, PtyExit } from '../sandbox/sandbox.ts';
import { FramePool, type PooledFrame } from './frame-pool.ts';
import type { Mirror, Mirrors } from './mirror.ts';
import { Scrollback } from './scrollback.ts';
import { Viewer, type ViewerPort } from './viewer.ts';

/**
 * The mirror may lag further than the driver: it catches up at 69 MB/s as soon as output pauses. The
 * marks lie close, so that the shell goes on while it parses: a core each, not one after the other.
 */
const MIRROR_HIGH_WATER_BYTES = 4 * MIB;
const MIRROR_LOW_WATER_BYTES = 3.5 * MIB;
/** After a key, output is most likely its echo: it does not wait to be coalesced. */
const ECHO_WINDOW_MS = 50;
const ECHO_CHUNK_BYTES = 4096;

export interface TerminalOptions {
  readonly number: number;
  readonly cols: number;
  readonly rows: number;
  readonly mirrors: Mirrors | null;
  readonly clock: Clock;
}

export class Terminal implements Disposable {
  readonly number: number;
  readonly #clock: Clock;
  readonly #scrollback: Scrollback;
  readonly #mirrors: Mirrors | null;
  #mirror: Mirror | null = null;
  readonly #viewers = new Set<Viewer>();
  #pty: Pty | null = null;
  #paused = false;
  #pacer: Viewer | null = null;
  #cancelFlush: (() => void) | null = null;
  #cancelWatch: (() => void) | null = null;
  #flushedAt = 0;
  #inputAt = 0;
  #unflushed = 0;
  readonly #pool = new FramePool();
  #frame: { readonly offset: number; readonly pooled: PooledFrame; release(): void } | null = null;
  #size: { readonly cols: number; readonly rows: number };

  constructor(options: TerminalOptions) {
    this.number = options.number;
    this.#clock = options.clock;
    this.#size = { cols: options.cols, rows: options.rows };
    // Offsets of a later life of this terminal (the server was restarted) lie beyond all earlier ones,
    // so that nobody resumes in the wrong stream. 2^53 is reached in the year 2248.
    const base = options.clock.now() * 1024;
    this.#scrollback = new Scrollback(SCROLLBACK_BYTES, base);
    this.#mirrors = options.mirrors;
    this.#reflect(base);
  }

  get size(): { readonly cols: number; readonly rows: number } {
    return this.#size;
  }

  get running(): boolean {
    return this.#pty !== null;
  }

  /** Offset after the last byte of output. */
  get end(): number {
    return this.#scrollback.end;
  }

  /** Takes over a pty that was opened with this terminal's size. `onExit` comes after the last byte. */
  run(pty: Pty, onExit: (exit: PtyExit) => void): void {
    this.#pty = pty;
    this.#paused = false;
    pty.onData((chunk) => this.#take(chunk));
    pty.onExit((exit) => {
      this.#pty = null;
      this.#flush();
      onExit(exit);
    });
  }

  /** `resumeFrom`: the offset up to which the client has everything, or null when it has nothing. */
  attach(port: ViewerPort, resumeFrom: number | null): Viewer {
    const { start, end } = this.#scrollback;
    const viewer = new Viewer(port, end, this.#clock.now());
    this.#viewers.add(viewer);
    if (resumeFrom !== null && resumeFrom >= start && resumeFrom <= end) {
      viewer.place(resumeFrom, end, this.#clock.now());
      port.resumed(resumeFrom);
      this.#pump(viewer);
    } else {
      viewer.cursor = resumeFrom ?? end;
      this.#repaint(viewer, resumeFrom === null || resumeFrom > end);
    }
    return viewer;
  }

  detach(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#pacer === viewer) this.pace(null);
  }

  /** The viewer whose acknowledgements pace the pty: the tab of the driver that last typed. */
  pace(viewer: Viewer | null): void {
    this.#pacer = viewer;
    this.#pace();
  }

  acknowledge(viewer: Viewer, offset: number): void {
    if (offset <= viewer.acked || offset > viewer.cursor) return;
    viewer.acked = offset;
    viewer.ackedAt = this.#clock.now();
    this.#pump(viewer);
    this.#pace();
  }

  setVisible(viewer: Viewer, visible: boolean): void {
    viewer.visible = visible;
    this.#pump(viewer);
    this.#pace();
  }

  input(bytes: Uint8Array): void {
    this.#inputAt = this.#clock.now();
    this.#pty?.write(bytes);
  }

  /** True when the size changed. */
  resize(cols: number, rows: number): boolean {
    if (cols === this.#size.cols && rows === this.#size.rows) return false;
    this.#size = { cols, rows };
    this.#flush();
    this.#mirror?.resize(cols, rows);
    this.#pty?.resize(cols, rows);
    return true;
  }

  [Symbol.dispose](): void {
    this.#cancelFlush?.();
    this.#cancelWatch?.();
    this.#pty?.kill('SIGKILL');
    this.#pty = null;
    this.#viewers.clear();
    this.#mirror?.[Symbol.dispose]();
  }

  #take(chunk: Uint8Array): void {
    this.#scrollback.append(chunk);
    this.#unflushed += chunk.length;
    this.#schedule(chunk.length);
    this.#mirror?.write(chunk); // after whoever waits for an echo
    this.#pace();
  }

  /** The first chunk at once, then 4 ms or 64 KiB; a key's echo skips the window. */
  #schedule(bytes: number): void {
    const now = this.#clock.now();
    const echo = bytes <= ECHO_CHUNK_BYTES && now - this.#inputAt < ECHO_WINDOW_MS;
    if (echo || this.#unflushed >= FRAME_BYTES || now - this.#flushedAt >= COALESCE_MS) this.#flush();
    else this.#cancelFlush ??= this.#clock.after(COALESCE_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#flushedAt = this.#clock.now();
    this.#unflushed = 0;
    for (const viewer of this.#viewers) this.#pump(viewer);
  }

  /** Sends what the viewer may have now; decides when it has fallen behind. */
  #pump(viewer: Viewer): void {
    if (viewer.state === 'repainting') return;
    if (viewer.state === 'behind') {
      // It gets nothing until it has parsed what it has: a stalled viewer costs its window, no more.
      if (viewer.unacked <= 0) this.#repaint(viewer, false);
      return;
    }
    const { start, end } = this.#scrollback;
    const lag = end - Math.max(viewer.cursor, viewer.owed);
    if (viewer.cursor < start || lag > VIEWER_LAG_BYTES) {
      viewer.state = 'behind';
      this.#pump(viewer);
      return;
    }
    if (viewer.unacked < ACK_EVERY_BYTES) viewer.ackedAt = this.#clock.now(); // it owes no ack yet
    while (
      viewer.cursor < end &&
      viewer.unacked < HIGH_WATER_BYTES &&
      viewer.port.buffered() < HIGH_WATER_BYTES
    ) {
      const frame = this.#frameAt(viewer.cursor);
      viewer.cursor += frame.bytes.length - OUTPUT_HEADER_BYTES;
      viewer.port.output(frame.bytes, frame.hold());
    }
  }

  /** Viewers that follow at the same offset share one frame. */
  #frameAt(offset: number): PooledFrame {
    const payload = Math.min(FRAME_BYTES, this.#scrollback.end - offset);
    const length = OUTPUT_HEADER_BYTES + payload;
    if (this.#frame?.offset === offset && this.#frame.pooled.bytes.length === length) {
      return this.#frame.pooled;
    }
    this.#frame?.release();
    const pooled = this.#pool.take(length);
    writeOutputHeader(pooled.bytes, this.number, offset);
    this.#scrollback.copy(offset, payload, pooled.bytes, OUTPUT_HEADER_BYTES);
    this.#frame = { offset, pooled, release: pooled.hold() };
    return pooled;
  }

  #repaint(viewer: Viewer, fresh: boolean): void {
    viewer.state = 'repainting';
    const had = viewer.cursor;
    void this.#snapshot().then((snapshot) => {
      if (!this.#viewers.has(viewer)) return;
      // Where the stream may be cut can lie before the scrollback: in a string without an end, for one.
      const { start, end } = this.#scrollback;
      const offset = Math.max(snapshot.offset, start);
      viewer.place(offset, end, this.#clock.now());
      viewer.port.snapshot({ ...snapshot, offset }, fresh ? 0 : Math.max(0, offset - had));
      this.#pump(viewer);
      this.#pace();
    });
  }

  /** A mirror that has seen everything from `base` on. */
  #reflect(base: number): void {
    const mirror = this.#mirrors?.open({ base, ...this.#size }) ?? null;
    this.#mirror = mirror;
    mirror?.onProgress(() => this.#pace());
    mirror?.onLost(() => {
      const { start, end } = this.#scrollback;
      const known = new Uint8Array(end - start);
      this.#scrollback.copy(start, known.length, known, 0);
      this.#reflect(start);
      this.#mirror?.write(known);
      this.#pace();
    });
  }

  /** Out of the mirror; without one, an empty screen, and then what the ring still holds. */
  async #snapshot() {
    const blank = { offset: this.#scrollback.start, ...this.#size, vt: '' };
    return this.#mirror === null ? blank : this.#mirror.snapshot().catch(() => blank);
  }

  /** Pauses and resumes the pty by who is furthest behind among driver and mirror. */
  #pace(): void {
    if (this.#pty === null) return;
    const lag = this.#pacerLag();
    const mirror = this.#mirror?.pending ?? 0;
    if (!this.#paused && (lag > HIGH_WATER_BYTES || mirror > MIRROR_HIGH_WATER_BYTES)) {
      this.#paused = true;
      this.#pty.pause();
    } else if (this.#paused && lag < LOW_WATER_BYTES && mirror < MIRROR_LOW_WATER_BYTES) {
      this.#paused = false;
      this.#pty.resume();
    }
    this.#watch();
  }

  /** Bytes that the driver has not parsed yet; 0 when nobody is fit to pace. */
  #pacerLag(): number {
    const viewer = this.#pacer;
    if (viewer === null || !viewer.visible || viewer.state !== 'following') return 0;
    if (viewer.unacked >= ACK_EVERY_BYTES && this.#clock.now() - viewer.ackedAt > ACK_TIMEOUT_MS) return 0;
    return this.#scrollback.end - viewer.acked;
  }

  /** While paused, looks again after the ack timeout: a driver that died must not hold the shell. */
  #watch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = this.#paused
      ? this.#clock.after(ACK_TIMEOUT_MS + COALESCE_MS, () => this.#pace())
      : null;
  }
}
