/**
 * What a terminal printed lately, by absolute offset, where its size changed, and what of it is not for
 * everybody's eyes. Whoever reads it (viewers, the mirror) meets each size at its place in the output: a
 * size that came out of turn would wrap lines differently here and there.
 */
import { SCROLLBACK_BYTES } from '#protocol/limits.ts';
import { Mask } from './mask.ts';
import { Scrollback } from './scrollback.ts';

/** A driver who changes the size without end costs so many marks, and whoever is further behind a repaint. */
const MOST_MARKS = 256;

export interface SizeMark {
  /** From this byte on. */
  readonly offset: number;
  readonly cols: number;
  readonly rows: number;
}

/** How far somebody has read. */
export interface Place {
  /** Offset of the next byte. */
  cursor: number;
  /** Number of the next change of size. */
  mark: number;
}

export class OutputLog {
  readonly #scrollback: Scrollback;
  readonly #mask: Mask;
  readonly #base: number;
  /** Changes of size in what is still here, and before them the size at its beginning. */
  #first: SizeMark;
  #marks: SizeMark[] = [];
  #forgotten = 0;

  /** `base`: the absolute offset of the first byte that will ever be appended. */
  constructor(base: number, cols: number, rows: number) {
    this.#scrollback = new Scrollback(SCROLLBACK_BYTES, base);
    this.#mask = new Mask(base);
    this.#base = base;
    this.#first = { offset: base, cols, rows };
  }

  /** Bytes that were here once. */
  get lost(): number {
    return this.start - this.#base;
  }

  get start(): number {
    return this.#scrollback.start;
  }

  get end(): number {
    return this.#scrollback.end;
  }

  /** Whoever is at this place can still be told everything that follows. */
  has(place: Place): boolean {
    return place.cursor >= this.start && place.mark >= this.#forgotten;
  }

  /** Up to here watchers may see; it can step back a little. */
  get safe(): number {
    return this.#mask.safe;
  }

  /** The size at the end. */
  get size(): SizeMark {
    return this.#marks.at(-1) ?? this.#first;
  }

  append(chunk: Uint8Array): void {
    this.#scrollback.append(chunk);
    this.#mask.push(chunk);
    this.#mask.forget(this.start);
    this.#forgetMarks();
  }

  resize(cols: number, rows: number): void {
    this.#marks.push({ offset: this.end, cols, rows });
    this.#forgetMarks();
  }

  /** From now on watchers and the mirror get asterisks instead of this value. */
  hide(secret: Uint8Array): void {
    this.#mask.hide(secret);
  }

  /** No more output comes for now: nothing is held back any longer. */
  settle(): void {
    this.#mask.settle();
  }

  /** Something between these offsets is hidden from watchers. */
  hides(from: number, to: number): boolean {
    return this.#mask.covers(from, to);
  }

  /** The oldest place from which all can be read, and the size there. */
  beginning(): Place & { readonly size: SizeMark } {
    return { cursor: this.start, mark: this.#forgotten, size: this.#first };
  }

  /** The place of who has everything before `offset`; null when it is not known which size it saw last. */
  placeAfter(offset: number): Place | null {
    if (offset < this.start || offset > this.end) return null;
    if (this.#forgotten > 0 && offset <= this.#first.offset) return null;
    const first = this.#marks.findIndex((mark) => mark.offset >= offset);
    if (first === -1) return { cursor: offset, mark: this.#forgotten + this.#marks.length };
    // Whoever had seen one of two sizes at this very byte would wrap its lines twice.
    const another = this.#marks[first + 1]?.offset === offset;
    return another ? null : { cursor: offset, mark: this.#forgotten + first };
  }

  /** The change of size that comes next, wherever it is. */
  nextMark(place: Place): SizeMark | undefined {
    return this.#marks[place.mark - this.#forgotten];
  }

  /** As the driver sees it. */
  copy(from: number, most: number, target: Uint8Array, at: number): void {
    this.#scrollback.copy(from, most, target, at);
  }

  /** As watchers may see it. */
  copyMasked(from: number, most: number, target: Uint8Array, at: number): void {
    const count = this.#scrollback.copy(from, most, target, at);
    this.#mask.cover(from, target.subarray(at, at + count));
  }

  #forgetMarks(): void {
    for (let mark = this.#marks[0]; mark !== undefined; mark = this.#marks[0]) {
      if (mark.offset >= this.start && this.#marks.length <= MOST_MARKS) return;
      this.#first = mark;
      this.#marks.shift();
      this.#forgotten += 1;
    }
  }
}
