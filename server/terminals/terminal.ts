/**
 * A terminal: one pty, many viewers. Bytes get an absolute offset, go to the log and the mirror, and
 * from there to each viewer at its own pace; the slowest of driver and mirror paces the pty. It knows
 * nothing of rooms, people or sockets.
 */
import { deflateRawSync } from 'node:zlib';
import { OUTPUT_HEADER_BYTES } from '#protocol/frames.ts';
import { COALESCE_MS, FRAME_BYTES, LEAST_WINDOW_BYTES } from '#protocol/limits.ts';
import type { Clock } from '../lib/clock.ts';
import type { Pty, PtyExit } from '../sandbox/sandbox.ts';
import { aside, placeForAside } from './aside.ts';
import { Frames } from './frames.ts';
import type { Mirrors } from './mirror.ts';
import type { Command, Snapshot } from './mirror-messages.ts';
import { OutputLog, type Place } from './output-log.ts';
import { Pacing } from './pacing.ts';
import { Reflection } from './reflection.ts';
import { Viewer, type ViewerPort } from './viewer.ts';

/** After a key, output is most likely its echo: it does not wait to be coalesced. */
const ECHO_WINDOW_MS = 50;
const ECHO_CHUNK_BYTES = 4096;
/** A program that never ends its sequence keeps no more of them waiting, and for no more chunks than this. */
const MOST_ASIDES = 8;
const ASIDE_TRIES = 16;
const NOTHING = deflateRawSync('');

export interface TerminalOptions {
  readonly number: number;
  readonly cols: number;
  readonly rows: number;
  readonly mirrors: Mirrors | null;
  readonly clock: Clock;
  /** A command begins or ends. */
  readonly onCommand?: (command: Command) => void;
  /** What was told of commands is void: those that can still be known are told again, by new numbers. */
  readonly onCommandsReset?: () => void;
  /** It printed so much while nobody looked that it is held up. */
  readonly onFlood?: () => void;
}

export class Terminal implements Disposable {
  readonly number: number;
  readonly #clock: Clock;
  readonly #log: OutputLog;
  readonly #frames: Frames;
  readonly #reflection: Reflection;
  readonly #pacing: Pacing;
  readonly #viewers = new Set<Viewer>();
  #pty: Pty | null = null;
  #cancelFlush: (() => void) | null = null;
  #flushedAt = 0;
  #inputAt = 0;
  #unflushed = 0;
  /** Viewers that wait for a screen. */
  #painting = 0;
  /** Words of ours that wait for the end of a sequence. */
  #asides: (readonly string[])[] = [];
  #asideTries = 0;

  constructor(options: TerminalOptions) {
    const { number, cols, rows, mirrors, clock, onCommand, onCommandsReset, onFlood } = options;
    this.number = number;
    this.#clock = clock;
    // Offsets of a later life of this terminal (the server was restarted) lie beyond all earlier ones,
    // so that nobody resumes in the wrong stream. 2^53 is reached in the year 2248.
    this.#log = new OutputLog(clock.now() * 1024, cols, rows);
    this.#frames = new Frames(number, this.#log);
    this.#reflection = new Reflection(mirrors, this.#log, {
      progress: () => this.#pacing.update(),
      command: (command) => onCommand?.(command),
      reset: () => onCommandsReset?.(),
    });
    this.#pacing = new Pacing(clock, {
      end: () => this.#log.end,
      mirrorLag: () => this.#reflection.lag,
      screenWanted: () => this.#painting > 0,
      flooded: () => onFlood?.(),
    });
  }

  get size(): { readonly cols: number; readonly rows: number } {
    return this.#log.size;
  }

  get running(): boolean {
    return this.#pty !== null;
  }

  /** Offset after the last byte of output. */
  get end(): number {
    return this.#log.end;
  }

  /** Takes over a pty that was opened with this terminal's size. `onExit` comes after the last byte. */
  run(pty: Pty, onExit: (exit: PtyExit) => void): void {
    this.#pty = pty;
    this.#pacing.pty = pty;
    pty.onData((chunk) => {
      if (this.#pty === pty) this.#take(chunk);
    });
    pty.onExit((exit) => {
      if (this.#pty !== pty) return;
      this.release();
      onExit(exit);
    });
  }

  /** The pty is no longer this terminal's: what it still has to say is not shown. */
  release(): void {
    this.#pty = null;
    this.#pacing.pty = null;
    this.#log.settle();
    this.#flush();
    this.#reflection.follow();
  }

  /** Words of ours, between what programs print. */
  say(words: string): void {
    this.#take(Buffer.from(words));
  }

  /**
   * Lines of ours above the one that the cursor is in, as soon as no sequence is under way; not at all
   * while a program has the whole screen.
   */
  aside(words: readonly string[]): void {
    if (this.#asides.length >= MOST_ASIDES) return;
    this.#asides.push(words);
    this.#sayAsides();
  }

  /** A value that watchers must not see from now on, wherever a program prints it. */
  hide(secret: Uint8Array): void {
    this.#log.hide(secret);
  }

  /**
   * `resumeFrom`: the offset up to which the client has everything, or null when it has nothing.
   * `driver`: for whom nothing is hidden.
   */
  attach(port: ViewerPort, resumeFrom: number | null, driver = false): Viewer {
    const now = this.#clock.now();
    const { end } = this.#log;
    const place = resumeFrom === null ? null : this.#log.placeAfter(resumeFrom);
    const viewer = new Viewer(port, place ?? { cursor: resumeFrom ?? end, mark: 0 }, now);
    viewer.driver = driver;
    this.#viewers.add(viewer);
    if (place === null) this.#repaint(viewer, resumeFrom === null || resumeFrom > end);
    else {
      viewer.goOn(place, end, now);
      port.resumed(place.cursor);
      this.#pump(viewer);
    }
    return viewer;
  }

  detach(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#pacing.driver === viewer) this.pace(null);
  }

  /** The viewer whose acknowledgements pace the pty: the tab of the driver that last typed. */
  pace(viewer: Viewer | null): void {
    this.#pacing.driver = viewer;
    this.#pacing.update();
  }

  /** The keyboard has moved: who sees what is hidden moves with it. */
  setDriver(viewer: Viewer, driver: boolean): void {
    viewer.driver = driver;
    this.#pump(viewer);
  }

  acknowledge(viewer: Viewer, offset: number): void {
    if (offset <= viewer.acked || offset > viewer.cursor) return;
    viewer.acknowledge(offset, this.#clock.now());
    this.#pump(viewer);
    this.#pacing.update();
  }

  setVisible(viewer: Viewer, visible: boolean): void {
    viewer.visible = visible;
    this.#pump(viewer);
    this.#pacing.update();
  }

  input(bytes: Uint8Array): void {
    this.#inputAt = this.#clock.now();
    this.#pty?.write(bytes);
  }

  resize(cols: number, rows: number): void {
    if (cols === this.size.cols && rows === this.size.rows) return;
    this.#log.resize(cols, rows);
    this.#pty?.resize(cols, rows);
    this.#flush();
    this.#reflection.follow();
  }

  /** The last commands that the shell ran, oldest first. */
  commands(): Promise<readonly Command[]> {
    return this.#reflection.commands();
  }

  [Symbol.dispose](): void {
    this.#cancelFlush?.();
    this.#pacing[Symbol.dispose]();
    this.#pty?.kill('SIGKILL');
    this.#pty = null;
    this.#viewers.clear();
    this.#reflection[Symbol.dispose]();
  }

  #take(chunk: Uint8Array): void {
    this.#log.append(chunk);
    this.#unflushed += chunk.length;
    this.#schedule(chunk.length);
    this.#reflection.take(chunk); // after whoever waits for an echo
    this.#pacing.update();
    if (this.#asides.length > 0) this.#sayAsides();
  }

  #sayAsides(): void {
    const { end } = this.#log;
    const output = new Uint8Array(end - this.#log.start);
    this.#log.copy(this.#log.start, output.length, output, 0);
    const place = placeForAside(output);
    this.#asideTries += 1;
    if (place === 'later' && this.#asideTries < ASIDE_TRIES) return;
    this.#asideTries = 0;
    const asides = this.#asides.splice(0);
    if (place === 'here') this.say(asides.map((words) => aside(words, this.size)).join(''));
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
      // Nor the next screen before the network has taken the one before it.
      if (viewer.unacked <= 0 && viewer.port.buffered() < LEAST_WINDOW_BYTES) this.#repaint(viewer, false);
      return;
    }
    const now = this.#clock.now();
    if (this.#log.has(viewer)) {
      viewer.touch(now);
      this.#send(viewer, now);
      if (this.#pacing.waitsFor(viewer) || !viewer.isLate(this.#endFor(viewer), now)) return;
    }
    viewer.state = 'behind';
    this.#pump(viewer);
  }

  #send(viewer: Viewer, now: number): void {
    const end = this.#endFor(viewer);
    for (;;) {
      const mark = this.#log.nextMark(viewer);
      if (mark !== undefined && mark.offset <= viewer.cursor) {
        viewer.port.resized(mark);
        viewer.mark += 1;
        continue;
      }
      const limit = Math.min(mark?.offset ?? end, end);
      if (viewer.cursor >= limit || !viewer.mayTake) return;
      const frame = this.#frames.at(viewer.cursor, limit, viewer.driver);
      viewer.sent(frame.bytes.length - OUTPUT_HEADER_BYTES, now);
      viewer.port.output(frame.bytes, frame.hold());
    }
  }

  /** Watchers wait for what may be the beginning of a secret. */
  #endFor(viewer: Viewer): number {
    return viewer.driver ? this.#log.end : this.#log.safe;
  }

  #repaint(viewer: Viewer, fresh: boolean): void {
    viewer.state = 'repainting';
    const had = viewer.cursor;
    viewer.shown = Math.max(viewer.shown, Math.min(had, this.#log.end));
    this.#painting += 1;
    this.#pacing.update();
    void this.#screen().then(({ snapshot, place, lost }) => {
      this.#painting -= 1;
      if (!this.#viewers.has(viewer)) {
        this.#pacing.update();
        return;
      }
      viewer.goOn(place, this.#log.end, this.#clock.now());
      const gap = fresh ? lost : Math.max(0, place.cursor - had);
      viewer.port.snapshot(snapshot, gap, () => {
        if (this.#viewers.has(viewer)) this.#pump(viewer);
      });
      this.#pump(viewer);
      this.#pacing.update();
    });
  }

  /**
   * Out of the mirror; without one, an empty screen, and then what the log still holds. `lost`: bytes of
   * which the screen knows nothing.
   */
  async #screen(): Promise<{ readonly snapshot: Snapshot; readonly place: Place; readonly lost: number }> {
    const seen = await this.#reflection.snapshot().catch(() => null);
    if (seen === null) {
      const { size, ...place } = this.#log.beginning();
      const { cols, rows } = size;
      const snapshot = { offset: place.cursor, cols, rows, packed: NOTHING };
      return { snapshot, place, lost: this.#log.lost };
    }
    // Where the stream may be cut can lie before the log: in a string without an end, for one.
    const cursor = Math.max(seen.place.cursor, this.#log.start);
    return { snapshot: { ...seen.snapshot, offset: cursor }, place: { ...seen.place, cursor }, lost: 0 };
  }
}
