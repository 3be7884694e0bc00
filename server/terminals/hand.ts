/**
 * Writes what a terminal understands, into one that has just been reset, and keeps where the cursor, the
 * pen and the joining of characters are, as that terminal will have them.
 */
import { CLOSE_LINK, openLink, PLAIN, samePen, sgr } from './pen.ts';
import { type Attributes, BG, CONTENT, type Inside } from './xterm-inside.ts';

/** What a code point, after the ones before it, does to the cell: xterm's `charProperties`. */
export type Joining = (codePoint: number, before: number) => number;

const JOINS = 1; // the bit in what `Joining` gives
const ASCII = 2; // what it gives for a letter of ASCII: one column, nothing to join
/** Does nothing, but what comes after it joins nothing before it. */
export const APART = '\x1b\\';

export class Hand {
  out = '';
  /** Moved by whoever writes text; as many as there are columns: the wrap is pending. */
  x = 0;
  readonly #core: Inside;
  readonly #joining: Joining;
  #pen: Attributes = PLAIN;
  #link = 0;
  #join = 0;

  constructor(core: Inside, joining: Joining) {
    this.#core = core;
    this.#joining = joining;
  }

  get pen(): Attributes {
    return this.#pen;
  }

  use(pen: Attributes): void {
    if (pen === this.#pen || samePen(pen, this.#pen)) return;
    const link = pen.bg & BG.extended ? pen.extended.urlId : 0;
    if (link !== this.#link) {
      this.out += link === 0 ? CLOSE_LINK : openLink(this.#core, link);
      this.#link = link;
    }
    this.raw(sgr(pen));
    this.#pen = pen;
  }

  to(x: number): void {
    this.csi(x === 0 ? 'G' : `${x + 1}G`);
    this.x = x;
  }

  erase(x: number, count: number, bg: number): void {
    this.use({ ...PLAIN, bg });
    if (this.x !== x) this.to(x);
    this.csi(count === 1 ? 'X' : `${count}X`);
  }

  /** An empty cell; what stands there moves to the right. */
  insert(x: number, bg: number): void {
    this.use({ ...PLAIN, bg });
    this.to(x);
    this.csi('@');
  }

  csi(rest: string): void {
    this.raw(`\x1b[${rest}`);
  }

  /** Sequences, or text that a sequence follows. */
  raw(output: string): void {
    this.out += output;
    this.#join = 0;
  }

  /** The letters of one cell, whole: they join nothing before them. */
  text(chars: string, content: number): void {
    const code = content & CONTENT.codePoint;
    if (code >= 32 && code < 127 && this.#join >> 3 === 0) {
      this.#join = ASCII;
    } else {
      let first = true;
      for (const char of chars) {
        const point = char.codePointAt(0) ?? 0;
        let state = this.#joining(point, this.#join);
        if (first && state & JOINS) {
          this.out += APART;
          state = this.#joining(point, 0);
        }
        this.#join = state;
        first = false;
      }
    }
    this.out += chars;
  }
}
