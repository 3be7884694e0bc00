/** The last part of a snapshot: where the next character goes, how it will look, what it would join. */

import { charsOf, isNull, penOf, word } from './cells.ts';
import type { Joining } from './hand.ts';
import { openLink, samePen, sgr, standingPen } from './pen.ts';
import { type Charset, CONTENT, type Inside, type Line } from './xterm-inside.ts';

interface Standing {
  readonly core: Inside;
  readonly cols: number;
  readonly modes: { readonly insertMode: boolean; readonly originMode: boolean };
  readonly joining: Joining;
}

export function cell(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}

/** Character sets and all modes but insertion are as they shall be. */
export function cursor(standing: Standing): string {
  const { core, cols, modes } = standing;
  const { active, normal } = core.buffers;
  const wanted = core._inputHandler._curAttrData;
  const sameSet = core._charsetService.charset === active.savedCharset;
  const pen = standingPen(core, wanted, sameSet ? active.savedCurAttrData : null);
  const insert = modes.insertMode ? '\x1b[4h' : '';
  const y = modes.originMode ? active.y - active.scrollTop : active.y;
  const last = lastTyped(standing);
  if (last?.joins && samePen(last.pen, wanted)) {
    // What inserting pushes aside is what was pushed aside before.
    const room = modes.insertMode ? `\x1b[${last.enters}P` : '';
    return `${pen}${insert}${cell(last.x, y)}${room}${last.keys}`;
  }
  if (active.x < cols) return `${pen}${insert}${cell(active.x, y)}`;
  if (last !== null && !pen.includes('\x1b8')) {
    const link = openLink(core, last.pen.extended.urlId);
    return `${cell(last.x, y)}${link}${sgr(last.pen)}${last.keys}${pen}${insert}`;
  }
  // The wrap is pending behind a cell that was erased since: it can be brought along from the other screen.
  if (active === normal) return `${pen}${insert}\x1b[?47h${cell(cols - 1, active.y)} \x1b[?47l`;
  return `${pen}${insert}${cell(cols - 1, y)}`;
}

interface Typed {
  readonly x: number;
  readonly pen: ReturnType<typeof penOf>;
  /** What was typed, under the character set that is selected, to have it. */
  readonly keys: string;
  /** Columns of its first code point: those that join it make no room for themselves. */
  readonly enters: number;
  /** The next character would join it as it is. */
  readonly joins: boolean;
}

function lastTyped({ core, joining }: Standing): Typed | null {
  const { active } = core.buffers;
  const line = active.lines.get(active.ybase + active.y);
  if (line === undefined || active.x === 0) return null;
  const x = startOf(line, active.x - 1);
  if (isNull(line, x) || x + widthOf(line, x) !== active.x) return null;
  const chars = charsOf(line, x);
  const keys = typed(chars, core._charsetService.charset);
  if (keys === null) return null;
  const enters = (joining(chars.codePointAt(0) ?? 0, 0) >> 1) & 3;
  let state = 0;
  for (const char of chars) state = joining(char.codePointAt(0) ?? 0, state);
  const now = core._inputHandler._parser.precedingJoinState;
  return { x, pen: penOf(line, x), keys, enters, joins: now !== 0 && joinKind(state) === joinKind(now) };
}

/** The break property (UAX #29) and the width in a state of the grapheme addon; the rest is of no effect. */
export function joinKind(state: number): number {
  return ((state >> 3) & 15) * 4 + ((state >> 1) & 3);
}

function widthOf(line: Line, x: number): number {
  return word(line, x, 0) >> CONTENT.widthShift;
}

function startOf(line: Line, x: number): number {
  const wide = x > 0 && isNull(line, x) && word(line, x, 0) === 0;
  return wide ? x - 1 : x;
}

/** Sets stand for ASCII alone: what they draw can be written as itself. Null: nothing typed gives it. */
function typed(chars: string, charset: Charset): string | null {
  if (charset === undefined) return chars;
  let keys = '';
  for (const char of chars) {
    const plain = charset[char] === undefined || char >= '\x7f';
    const key = plain ? char : Object.keys(charset).find((from) => charset[from] === char);
    if (key === undefined) return null;
    keys += key;
  }
  return keys;
}
