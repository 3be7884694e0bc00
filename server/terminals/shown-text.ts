/** Text as the screen shows it: rows that were wrapped joined, blanks at their ends left out. */
import type { IMarker, Terminal } from '@xterm/headless';
import { KIB } from '#protocol/limits.ts';

export interface Spot {
  readonly marker: IMarker;
  readonly x: number;
}

const LINES_MOST = 200;
const BYTES_MOST = 16 * KIB;

/** From there up to the cursor: the last lines of it. Nothing where the spot is not known. */
export function textOf(
  terminal: Terminal,
  from: Spot | null,
): { readonly text: string; readonly truncated: boolean } {
  if (from === null) return { text: '', truncated: false };
  const { baseY, cursorX, cursorY } = terminal.buffer.normal;
  const end = baseY + cursorY;
  const gone = from.marker.isDisposed || from.marker.line < 0;
  // Somebody cleared the screen and began again at its top.
  const cleared = !gone && from.marker.line > end;
  const first = gone ? 0 : cleared ? baseY : from.marker.line;
  // What goes on at the left edge is wrapped: every line has more than this many rows only if it is long.
  const begin = Math.max(first, end - LINES_MOST * 4);
  const lines = linesBetween(terminal, begin, gone || cleared || begin > first ? 0 : from.x, end, cursorX);
  if (lines.at(-1) === '') lines.pop();
  const last = bounded(lines.slice(-LINES_MOST));
  return { text: last.text, truncated: gone || begin > first || lines.length > LINES_MOST || last.cut };
}

/** Up to the cell before `endX` of row `end`. */
export function linesBetween(
  terminal: Terminal,
  first: number,
  firstX: number,
  end: number,
  endX: number,
): string[] {
  const lines: string[] = [];
  for (let y = first; y <= end; y += 1) {
    const row = terminal.buffer.normal.getLine(y);
    if (row === undefined) continue;
    // Without the cells that nobody wrote: one is left where a wide character did not fit.
    const text = row.translateToString(true, y === first ? firstX : 0, y === end ? endX : undefined);
    if (row.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text);
    else lines.push(text);
  }
  return lines.map((line) => line.trimEnd());
}

function bounded(lines: readonly string[]): { readonly text: string; readonly cut: boolean } {
  const text = lines.join('\n');
  const bytes = Buffer.from(text);
  if (bytes.length <= BYTES_MOST) return { text, cut: false };
  let at = bytes.length - BYTES_MOST;
  while (((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1; // not inside a character
  return { text: bytes.toString('utf8', at), cut: true };
}
