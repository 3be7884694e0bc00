/** Draws lines of cells into a terminal that has just been reset, each as it can come about there. */
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
import { APART, Hand, type Joining } from './hand.ts';
import { erased, PLAIN, samePen } from './pen.ts';
import { BG, CONTENT, type Inside, type Line } from './xterm-inside.ts';

const SPACE = 32;
const WIDE = 'あ';

export class Brush {
  readonly #hand: Hand;
  readonly #cols: number;
  readonly #rows: number;
  #y = 0;
  /** The background of cells of this row that nobody has written. */
  #blank = 0;

  constructor(core: Inside, joining: Joining, cols: number, rows: number) {
    this.#hand = new Hand(core, joining);
    this.#cols = cols;
    this.#rows = rows;
  }

  get out(): string {
    return this.#hand.out;
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
    this.#hand.use(PLAIN);
  }

  /**
   * Its beginning has left the scrollback: it is wrapped at the bottom, and brought up without what it left.
   * What nobody has saved stands at the top all the same.
   */
  #wrapFirst(): void {
    const bottom = this.#rows;
    this.#hand.raw(`\x1b[${bottom};${this.#cols}H ${APART} \x1b[${bottom - 1}S\x1b[3J\x1b[H\x1b[X\x1b7`);
  }

  #save(line: Line, { x, how }: { readonly x: number; readonly how: string }): void {
    const last = this.#cols - 1;
    const lent = x > last && this.#hand.x <= last;
    this.#hand.use(PLAIN);
    if (x <= last) this.#hand.to(x);
    else if (lent) {
      this.#hand.to(last);
      this.#hand.raw(' '); // so that the wrap is pending
    }
    this.#hand.raw(how);
    if (!lent) return;
    this.#blank = Number.NaN;
    this.#hand.erase(last, 1, erased(word(line, last, 2)));
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
    if (bg !== this.#blank) this.#hand.erase(from, to - from, bg);
    return to;
  }

  #print(line: Line, x: number): number {
    const content = word(line, x, 0);
    const width = content >> CONTENT.widthShift;
    const bg = word(line, x, 2);
    const { fg: nowFg, bg: nowBg } = this.#hand.pen;
    if (word(line, x, 1) !== nowFg || bg !== nowBg || bg & BG.extended) this.#hand.use(penOf(line, x));
    if (x !== this.#hand.x) this.#hand.to(x);
    if (width === 2 && (x === this.#cols - 1 || word(line, x + 1, 0) >> CONTENT.widthShift !== 0)) {
      return this.#half(line, x);
    }
    this.#hand.text(charsOf(line, x), content);
    this.#hand.x = x + width;
    return width;
  }

  /**
   * A wide character without its second cell. Next to the edge it comes about when another one does not
   * fit and may not wrap; elsewhere only from a window that became narrower, where no output can draw it.
   */
  #half(line: Line, x: number): number {
    if (x !== this.#cols - 2 || !isNull(line, x + 1)) {
      this.#hand.text(' ', SPACE);
      this.#hand.x = x + 1;
      return 1;
    }
    this.#hand.text(charsOf(line, x), word(line, x, 0));
    this.#hand.use(penOf(line, x + 1));
    this.#hand.csi('?7l');
    this.#hand.raw(WIDE);
    this.#hand.csi('?7h');
    this.#hand.x = x + 1;
    return 2;
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
    if (byItself || (this.#hand.x === this.#cols && !isNull(next, 0) && !startsOddly(next, this.#cols))) {
      this.#blank = scrolls ? erased(penOf(next, 0).bg) : 0;
      this.#y = scrolls ? this.#y : this.#y + 1;
      this.#hand.x = 0; // as soon as something comes
      return this.#print(next, 0);
    }
    this.#hand.use(PLAIN);
    const filled = this.#hand.x !== this.#cols;
    if (filled) {
      this.#hand.to(last);
      this.#hand.raw(' ');
    }
    this.#hand.raw(`${APART} `);
    this.#hand.x = 1;
    if (filled) {
      this.#hand.csi('A');
      this.#restore(line, last);
      this.#hand.csi('B');
    }
    this.#blank = 0;
    this.#y = scrolls ? this.#y : this.#y + 1;
    this.#hand.erase(0, 1, 0);
    return 0;
  }

  /** The last cell of a row, which only lent itself to the wrap. */
  #restore(line: Line, last: number): void {
    if (isBlank(line, last) && isErased(line, last)) {
      this.#blank = Number.NaN;
      this.#hand.erase(last, 1, erased(word(line, last, 2)));
    } else {
      this.#blank = 0;
      this.#hand.erase(0, this.#cols, 0);
      this.#row(line, false, 0);
    }
  }

  #nextLine(): void {
    if (erased(this.#hand.pen.bg) !== 0) this.#hand.use(PLAIN);
    this.#hand.raw('\r\n');
    this.#hand.x = 0;
    this.#blank = 0;
    if (this.#y < this.#rows - 1) this.#y += 1;
  }

  /** Empty, but not by erasing: half of a wide character was overwritten. So is it made again. */
  #emptied(line: Line, from: number, x: number): void {
    this.#hand.use(penOf(line, from));
    this.#hand.to(x);
    this.#hand.raw(WIDE);
    this.#hand.to(x + 1);
    this.#hand.raw(' ');
    this.#hand.x = Math.min(x + 2, this.#cols - 1);
    this.#hand.erase(x + 1, 1, this.#blank);
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
    this.#hand.insert(0, this.#blank);
  }

  /** The second cell of a wide character without the first: something was inserted in the middle of it. */
  #orphan(line: Line, from: number, x: number): void {
    if (x < 1) return;
    const at = Math.max(x, 2);
    this.#hand.use(penOf(line, from));
    this.#hand.to(at - 2);
    this.#hand.raw(WIDE);
    this.#hand.insert(at - 1, this.#blank);
    if (at === x) return;
    this.#hand.to(0);
    this.#hand.csi('P');
  }
}
