/**
 * Draws lines of cells by what a terminal understands, into one that has just been reset. It keeps
 * where the cursor, the pen and the joining of characters are, as that terminal will have them.
 */
import {
  charsOf,
  emptiedAtEnd,
  isBlank,
  isErased,
  isNull,
  isOrphan,
  penOf,
  startsOddly,
  word,
} from './cells.ts';
import { CLOSE_LINK, erased, openLink, PLAIN, samePen, sgr } from './pen.ts';
import { type Attributes, BG, CONTENT, type Inside, type Line } from './xterm-inside.ts';

/** What a code point, after the ones before it, does to the cell: xterm's `charProperties`. */
export type Joining = (codePoint: number, before: number) => number;

const JOINS = 1; // the bit in what `Joining` gives
const ASCII = 2; // what it gives for a letter of ASCII: one column, nothing to join
const SPACE = 32;
const WIDE = 'あ';
/** Does nothing, but what comes after it joins nothing before it. */
const APART = '\x1b\\';

export class Brush {
  out = '';
  readonly #core: Inside;
  readonly #joining: Joining;
  readonly #cols: number;
  readonly #rows: number;
  #pen: Attributes = PLAIN;
  #link = 0;
  /** `cols`: the wrap is pending. */
  #x = 0;
  #y = 0;
  #join = 0;
  /** The background of cells of this row that nobody has written. */
  #blank = 0;

  constructor(core: Inside, joining: Joining, cols: number, rows: number) {
    this.#core = core;
    this.#joining = joining;
    this.#cols = cols;
    this.#rows = rows;
  }

  /**
   * The cursor is at the first cell of an empty screen. `save`: on that line it is saved by `how`, which
   * leaves a plain pen. Later would be too late: a saved cursor moves with the text that scrolls.
   */
  lines(
    lines: readonly Line[],
    save: { readonly at: number; readonly x: number; readonly how: string } | null,
  ): void {
    if (lines[0]?.isWrapped && this.#rows > 1) this.#wrapFirst();
    let drawn = 0;
    for (const [index, line] of lines.entries()) {
      const next = lines[index + 1];
      const byItself = next !== undefined && save?.at !== index && this.#wrapsWide(line, next);
      this.#row(line, byItself, drawn);
      drawn = 0;
      if (save?.at === index) this.#save(line, save);
      if (next === undefined) break;
      if (next.isWrapped && this.#rows > 1) drawn = this.#wrap(line, next, byItself);
      else this.#nextLine();
    }
    this.plain();
  }

  plain(): void {
    this.#use(PLAIN);
  }

  /**
   * Its beginning has left the scrollback: it is wrapped at the bottom, and brought up without what it left.
   * What nobody has saved stands at the top all the same.
   */
  #wrapFirst(): void {
    const bottom = this.#rows;
    this.out += `\x1b[${bottom};${this.#cols}H ${APART} \x1b[${bottom - 1}S\x1b[3J\x1b[H\x1b[X\x1b7`;
  }

  #save(line: Line, { x, how }: { readonly x: number; readonly how: string }): void {
    const last = this.#cols - 1;
    const lent = x > last && this.#x <= last;
    this.#use(PLAIN);
    if (x <= last) this.#to(x);
    else if (lent) {
      this.#to(last);
      this.out += ' '; // so that the wrap is pending
    }
    this.out += how;
    this.#join = 0;
    if (!lent) return;
    this.#blank = Number.NaN;
    this.#erase(last, 1, erased(word(line, last, 2)));
  }

  #row(line: Line, byItself: boolean, from: number): void {
    const last = this.#cols - 1;
    const end = byItself ? last : this.#cols - emptiedAtEnd(line, this.#cols);
    if (from === 0) this.#prepare(line, byItself ? this.#cols : end);
    for (let x = from; x < end; ) x = isNull(line, x) ? this.#nulls(line, x, end) : x + this.#print(line, x);
  }

  /** A run of cells that were erased, or one that was emptied otherwise. Gives where it ends. */
  #nulls(line: Line, from: number, end: number): number {
    if (word(line, from, 0) === 0) return from + 1; // has been made, or cannot be
    if (!isErased(line, from)) {
      this.#emptied(line, from, from);
      return from + 1;
    }
    const bg = erased(word(line, from, 2));
    let to = from + 1;
    while (to < end && isBlank(line, to) && isErased(line, to) && erased(word(line, to, 2)) === bg) {
      to += 1;
    }
    if (bg !== this.#blank) this.#erase(from, to - from, bg);
    return to;
  }

  #print(line: Line, x: number): number {
    const content = word(line, x, 0);
    const width = content >> CONTENT.widthShift;
    const bg = word(line, x, 2);
    const { fg: nowFg, bg: nowBg } = this.#pen;
    if (word(line, x, 1) !== nowFg || bg !== nowBg || bg & BG.extended) this.#use(penOf(line, x));
    if (x !== this.#x) this.#to(x);
    if (width === 2 && (x === this.#cols - 1 || word(line, x + 1, 0) >> CONTENT.widthShift !== 0)) {
      return this.#half(line, x);
    }
    this.#text(charsOf(line, x), content);
    this.#x = x + width;
    return width;
  }

  /**
   * A wide character without its second cell. Next to the edge it comes about when another one does not
   * fit and may not wrap; elsewhere only from a window that became narrower, where no output can draw it.
   */
  #half(line: Line, x: number): number {
    if (x !== this.#cols - 2 || !isNull(line, x + 1)) {
      this.#text(' ', SPACE);
      this.#x = x + 1;
      return 1;
    }
    this.#text(charsOf(line, x), word(line, x, 0));
    this.#use(penOf(line, x + 1));
    this.#csi('?7l');
    this.out += WIDE;
    this.#csi('?7h');
    this.#x = x + 1;
    return 2;
  }

  #text(chars: string, content: number): void {
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

  /** The wrap is by itself where a wide character did not fit, and left a cell that looks as it does. */
  #wrapsWide(line: Line, next: Line): boolean {
    const last = this.#cols - 1;
    return (
      next.isWrapped &&
      isBlank(line, last) &&
      !isBlank(line, last - 1) &&
      word(next, 0, 0) >> CONTENT.widthShift === 2 &&
      samePen(penOf(line, last), penOf(next, 0)) &&
      !startsOddly(next, this.#cols)
    );
  }

  /** Gives how many cells of the next row are drawn by it. */
  #wrap(line: Line, next: Line, byItself: boolean): number {
    const last = this.#cols - 1;
    const scrolls = this.#y === this.#rows - 1;
    if (byItself || (this.#x === this.#cols && !isNull(next, 0) && !startsOddly(next, this.#cols))) {
      this.#blank = scrolls ? erased(penOf(next, 0).bg) : 0;
      this.#y = scrolls ? this.#y : this.#y + 1;
      this.#x = 0; // as soon as something comes
      return this.#print(next, 0);
    }
    this.#use(PLAIN);
    const filled = this.#x !== this.#cols;
    if (filled) {
      this.#to(last);
      this.out += ' ';
    }
    this.out += `${APART} `;
    this.#join = ASCII;
    this.#x = 1;
    if (filled) {
      this.#csi('A');
      this.#restore(line, last);
      this.#csi('B');
    }
    this.#blank = 0;
    this.#y = scrolls ? this.#y : this.#y + 1;
    this.#erase(0, 1, 0);
    return 0;
  }

  /** The last cell of a row, which only lent itself to the wrap. */
  #restore(line: Line, last: number): void {
    if (isBlank(line, last) && isErased(line, last)) {
      this.#blank = Number.NaN;
      this.#erase(last, 1, erased(word(line, last, 2)));
    } else {
      this.#blank = 0;
      this.#erase(0, this.#cols, 0);
      this.#row(line, false, 0);
    }
  }

  #nextLine(): void {
    if (erased(this.#pen.bg) !== 0) this.#use(PLAIN);
    this.out += '\r\n';
    this.#join = 0;
    this.#x = 0;
    this.#blank = 0;
    if (this.#y < this.#rows - 1) this.#y += 1;
  }

  #erase(x: number, count: number, bg: number): void {
    this.#use({ ...PLAIN, bg });
    if (this.#x !== x) this.#to(x);
    this.#csi(count === 1 ? 'X' : `${count}X`);
  }

  /** Empty, but not by erasing: half of a wide character was overwritten. So is it made again. */
  #emptied(line: Line, from: number, x: number): void {
    this.#use(penOf(line, from));
    this.#to(x);
    this.out += WIDE;
    this.#to(x + 1);
    this.out += ' ';
    this.#x = Math.min(x + 2, this.#cols - 1);
    this.#erase(x + 1, 1, this.#blank);
  }

  /**
   * Cells that need room beside them to be made: into an empty row, before all others. Those from `end` on
   * were emptied; they are made one to the left, and then moved.
   */
  #prepare(line: Line, end: number): void {
    const moves = end < this.#cols ? 1 : 0;
    for (let x = 1; x < end; x += 1) if (isOrphan(line, x)) this.#orphan(line, x, x - moves);
    if (moves === 0) return;
    for (let x = end; x < this.#cols; x += 1) this.#emptied(line, x, x - 1);
    this.#insert(0);
  }

  /** The second cell of a wide character without the first: something was inserted in the middle of it. */
  #orphan(line: Line, from: number, x: number): void {
    if (x < 1) return;
    const at = Math.max(x, 2);
    this.#use(penOf(line, from));
    this.#to(at - 2);
    this.out += WIDE;
    this.#insert(at - 1);
    if (at === x) return;
    this.#to(0);
    this.#csi('P');
  }

  #insert(x: number): void {
    this.#use({ ...PLAIN, bg: this.#blank });
    this.#to(x);
    this.#csi('@');
  }

  #to(x: number): void {
    this.#csi(x === 0 ? 'G' : `${x + 1}G`);
    this.#x = x;
  }

  #csi(rest: string): void {
    this.out += `\x1b[${rest}`;
    this.#join = 0;
  }

  #use(pen: Attributes): void {
    if (pen === this.#pen || samePen(pen, this.#pen)) return;
    const link = pen.bg & BG.extended ? pen.extended.urlId : 0;
    if (link !== this.#link) {
      this.out += link === 0 ? CLOSE_LINK : openLink(this.#core, link);
      this.#link = link;
    }
    this.out += sgr(pen);
    this.#pen = pen;
    this.#join = 0;
  }
}
