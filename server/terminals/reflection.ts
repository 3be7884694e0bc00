/**
 * A terminal's mirror, fed out of its log like a watcher: sizes at their place, secrets hidden. Made again
 * from the log when the worker fails.
 */
import { FRAME_BYTES } from '#protocol/limits.ts';
import { firstCut } from './first-cut.ts';
import type { Mirror, Mirrors } from './mirror.ts';
import type { Command, Snapshot } from './mirror-messages.ts';
import type { OutputLog, Place } from './output-log.ts';

export interface ReflectionEvents {
  /** Has parsed more. */
  progress(): void;
  command(command: Command): void;
  /** What was told of commands is void: what the log still holds of them is told again, by new numbers. */
  reset(): void;
}

interface Seen {
  readonly snapshot: Snapshot;
  readonly place: Place;
}

interface Drawing extends Place {
  readonly mirror: Mirror;
  readonly seen: Promise<Seen>;
  waiting: boolean;
}

export class Reflection implements Disposable {
  readonly #mirrors: Mirrors | null;
  readonly #log: OutputLog;
  readonly #events: ReflectionEvents;
  #mirror: Mirror | null = null;
  #disposed = false;
  /** The last that was asked for. */
  #drawing: Drawing | null = null;
  #lastCommand = 0;
  /** What it has been given. */
  #place: Place;

  constructor(mirrors: Mirrors | null, log: OutputLog, events: ReflectionEvents) {
    this.#mirrors = mirrors;
    this.#log = log;
    this.#events = events;
    this.#place = log.beginning();
    this.#open();
  }

  /** Bytes that it was given and has not parsed. */
  get lag(): number {
    return this.#mirror?.pending ?? 0;
  }

  /** The bytes that were appended to the log last. */
  take(chunk: Uint8Array): void {
    if (this.#mirror === null) return;
    const place = this.#place;
    const { end, safe } = this.#log;
    const plain = safe === end && place.cursor + chunk.length === end && !this.#log.hides(place.cursor, end);
    if (!plain || this.#log.nextMark(place) !== undefined) {
      this.follow();
      return;
    }
    this.#mirror.write(chunk);
    place.cursor = end;
  }

  /** Goes to the end of what watchers may see. */
  follow(): void {
    const mirror = this.#mirror;
    if (mirror === null) return;
    const place = this.#place;
    const { safe } = this.#log;
    for (;;) {
      const mark = this.#log.nextMark(place);
      if (mark !== undefined && mark.offset <= place.cursor) {
        mirror.resize(mark.cols, mark.rows);
        place.mark += 1;
        continue;
      }
      const limit = Math.min(mark?.offset ?? safe, safe);
      if (place.cursor >= limit) return;
      const bytes = new Uint8Array(Math.min(limit - place.cursor, FRAME_BYTES));
      this.#log.copyMasked(place.cursor, bytes.length, bytes, 0);
      mirror.write(bytes);
      place.cursor += bytes.length;
    }
  }

  /** Null without a mirror. */
  async snapshot(): Promise<Seen | null> {
    const seen = await this.#ask((mirror) => this.#shared(mirror));
    return seen === null ? null : { ...seen, place: { ...seen.place } };
  }

  async commands(): Promise<readonly Command[]> {
    return (await this.#ask((mirror) => mirror.commands())) ?? [];
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#mirror?.[Symbol.dispose]();
    this.#mirror = null;
    this.#drawing = null;
  }

  /** Two hundred who come at once, or to a screen that stands still, get one drawing. */
  #shared(mirror: Mirror): Promise<Seen> {
    const { cursor, mark } = this.#place;
    const last = this.#drawing;
    const still = last?.cursor === cursor && last.mark === mark;
    if (last?.mirror === mirror && (last.waiting || still)) return last.seen;
    const seen = mirror
      .snapshot()
      .then((snapshot) => ({ snapshot, place: { cursor: snapshot.offset, mark } }));
    const drawing: Drawing = { mirror, cursor, mark, seen, waiting: true };
    this.#drawing = drawing;
    seen.then(
      () => {
        drawing.waiting = false;
        if (this.#place.cursor !== cursor || this.#place.mark !== mark) this.#forget(drawing);
      },
      () => this.#forget(drawing),
    );
    return seen;
  }

  #forget(drawing: Drawing): void {
    if (this.#drawing === drawing) this.#drawing = null;
  }

  /** Of the next mirror, when the one that was asked is lost. */
  async #ask<T>(question: (mirror: Mirror) => Promise<T>): Promise<T | null> {
    for (;;) {
      if (this.#mirror === null && !this.#disposed) this.#open();
      const mirror = this.#mirror;
      if (mirror === null) return null;
      try {
        return await question(mirror);
      } catch (error) {
        if (mirror === this.#mirror) throw error;
      }
    }
  }

  #open(): void {
    const { size, ...place } = this.#log.beginning();
    if (this.#log.lost > 0) place.cursor += this.#firstCut(place.cursor);
    this.#place = place;
    this.#drawing = null;
    const { cols, rows } = size;
    const firstCommand = this.#lastCommand + 1;
    const mirror = this.#mirrors?.open({ owner: this, base: place.cursor, cols, rows, firstCommand }) ?? null;
    this.#mirror = mirror;
    mirror?.onProgress(() => this.#events.progress());
    mirror?.onCommand((command) => {
      this.#lastCommand = Math.max(this.#lastCommand, command.n);
      this.#events.command(command);
    });
    mirror?.onLost(() => {
      this.#events.reset();
      this.#open();
      this.#events.progress();
    });
    this.follow();
  }

  /** How far from here. */
  #firstCut(from: number): number {
    const bytes = new Uint8Array(Math.min(FRAME_BYTES, this.#log.safe - from));
    this.#log.copyMasked(from, bytes.length, bytes, 0);
    return firstCut(bytes);
  }
}
