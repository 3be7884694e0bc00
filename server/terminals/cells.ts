/** What a cell of a line holds, out of the words in which xterm.js keeps it. */
import { erased, PLAIN } from './pen.ts';
import { type Attributes, BG, CONTENT, type Line } from './xterm-inside.ts';

export function penOf(line: Line, x: number): Attributes {
  const fg = word(line, x, 1);
  const bg = word(line, x, 2);
  if (fg === 0 && bg === 0) return PLAIN;
  return { fg, bg, extended: (bg & BG.extended ? line._extendedAttrs[x] : undefined) ?? PLAIN.extended };
}

export function charsOf(line: Line, x: number): string {
  const content = word(line, x, 0);
  if (content & CONTENT.combined) return line._combined[x] ?? '';
  return String.fromCodePoint(content & CONTENT.codePoint);
}

export function isNull(line: Line, x: number): boolean {
  return (word(line, x, 0) & (CONTENT.codePoint | CONTENT.combined)) === 0;
}

/** Null, and a cell of its own. */
export function isBlank(line: Line, x: number): boolean {
  return word(line, x, 0) === 1 << CONTENT.widthShift;
}

/** As erasing leaves it: nothing but a background. */
export function isErased(line: Line, x: number): boolean {
  const bg = word(line, x, 2);
  return word(line, x, 1) === 0 && bg === erased(bg);
}

/** Some of its cells are made before all others. */
export function startsOddly(line: Line, cols: number): boolean {
  if (emptiedAtEnd(line, cols) > 0) return true;
  for (let x = 1; x < cols; x += 1) if (isOrphan(line, x)) return true;
  return false;
}

/** How many; the first cell of a row is never among them, for want of room. */
export function emptiedAtEnd(line: Line, cols: number): number {
  let x = cols;
  while (x > 1 && isBlank(line, x - 1) && !isErased(line, x - 1)) x -= 1;
  return cols - x;
}

export function isOrphan(line: Line, x: number): boolean {
  return word(line, x, 0) === 0 && word(line, x - 1, 0) >> CONTENT.widthShift !== 2;
}

export function word(line: Line, x: number, which: 0 | 1 | 2): number {
  return line._data[x * 3 + which] ?? 0;
}
