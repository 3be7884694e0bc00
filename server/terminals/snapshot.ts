/**
 * A terminal's whole state as output that draws it again, in a terminal that has just been reset: what
 * comes after it then has the effect that it would have had in the terminal that saw all.
 *
 * Written by ourselves and not with xterm's serialize addon: that one leaves out the styles and colours
 * of underlines, links, tab stops, regions, saved cursors, character sets, the pending wrap, wide
 * characters that were cut, what erasing left in another colour, and most modes. Little was left to keep.
 *
 * Only what every xterm.js understands and what is harmless stands in it: no question, no bell, nothing
 * about windows or the clipboard.
 */
import { Brush } from './brush.ts';
import { cell, cursor } from './cursor.ts';
import type { Joining } from './hand.ts';
import type { Heard } from './heard.ts';
import { CLOSE_LINK, savedPen } from './pen.ts';
import { type Charset, CONTENT, type Inside, type Line, type Screenful } from './xterm-inside.ts';

export interface Drawn {
  readonly core: Inside;
  readonly cols: number;
  readonly rows: number;
  readonly modes: {
    readonly applicationCursorKeysMode: boolean;
    readonly applicationKeypadMode: boolean;
    readonly bracketedPasteMode: boolean;
    readonly insertMode: boolean;
    readonly mouseTrackingMode: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
    readonly originMode: boolean;
    readonly reverseWraparoundMode: boolean;
    readonly sendFocusMode: boolean;
    readonly synchronizedOutputMode: boolean;
    readonly wraparoundMode: boolean;
  };
  readonly heard: Heard;
  readonly joining: Joining;
  /** The final letter of the sequence that selects a set. */
  readonly flagOf: (charset: Charset) => string;
}

const MOUSE = { none: 0, x10: 9, vt200: 1000, drag: 1002, any: 1003 } as const;
const CURSOR = { block: 1, underline: 3, bar: 5 } as const;

export function snapshot(drawn: Drawn): string {
  const { core } = drawn;
  const { normal, alt, active } = core.buffers;
  const hidden =
    active === alt ? [screenful(drawn, normal), region(drawn, normal), cell(normal.x, normal.y)] : [];
  const other = active === normal && keepsNothing(alt) ? [] : ['\x1b[?47h'];
  const back = other.length > 0 ? [cell(alt.savedX, alt.savedY), saved(drawn, alt), '\x1b[?47l'] : [];
  return [
    '\x1b[20l',
    drawn.heard.sequences(),
    ...(active === alt ? [...hidden, ...other, '\x1b[H'] : [...other, ...back, '\x1b[H']),
    screenful(drawn, active),
    region(drawn, active),
    modes(drawn),
    charsets(drawn),
    cursor(drawn),
  ].join('');
}

/** Lines, tab stops and the saved cursor: each screen has its own. */
function screenful(drawn: Drawn, buffer: Screenful): string {
  const lines: Line[] = [];
  for (let y = 0; y < buffer.lines.length; y += 1) {
    const line = buffer.lines.get(y);
    if (line !== undefined) lines.push(line);
  }
  const brush = new Brush(drawn.core, drawn.joining, drawn.cols, drawn.rows);
  const kept = Math.min(Math.max(buffer.savedY, 0), lines.length - 1);
  const save = keepsNothing(buffer) ? null : { at: kept, x: buffer.savedX, how: saved(drawn, buffer) };
  const most = lines.length > drawn.rows ? lines.length : Math.max(used(lines), save === null ? 0 : kept + 1);
  brush.lines(lines.slice(0, most), save);
  return brush.out + tabs(drawn, buffer);
}

/** Without the empty lines below the text, where nothing needs to be scrolled. */
function used(lines: readonly Line[]): number {
  let count = lines.length;
  while (count > 0 && lines[count - 1]?.isWrapped === false && lines[count - 1]?._data.every(isUntouched)) {
    count -= 1;
  }
  return count;
}

const UNTOUCHED = 1 << CONTENT.widthShift;

function isUntouched(word: number, index: number): boolean {
  return word === (index % 3 === 0 ? UNTOUCHED : 0);
}

function tabs({ cols }: Drawn, buffer: Screenful): string {
  const stops = Object.keys(buffer.tabs)
    .map(Number)
    .filter((x) => buffer.tabs[x] === true && x < cols);
  if (stops.length === Math.ceil(cols / 8) && stops.every((x) => x % 8 === 0)) return '';
  return `\x1b[3g${stops.map((x) => `\x1b[${x + 1}G\x1bH`).join('')}`;
}

function keepsNothing(buffer: Screenful): boolean {
  const { fg, bg } = buffer.savedCurAttrData;
  return (
    buffer.savedX === 0 && buffer.savedY === 0 && fg === 0 && bg === 0 && buffer.savedCharset === undefined
  );
}

/** Of the place where the cursor is. The pen is plain afterwards, the character set the usual one. */
function saved({ flagOf }: Drawn, { savedCurAttrData, savedCharset }: Screenful): string {
  const [select, usual] = savedCharset === undefined ? ['', ''] : [`\x1b(${flagOf(savedCharset)}`, '\x1b(B'];
  return `${savedPen(savedCurAttrData)}${select}\x1b7${usual}${CLOSE_LINK}\x1b[m`;
}

function region({ rows }: Drawn, { scrollTop, scrollBottom }: Screenful): string {
  return scrollTop === 0 && scrollBottom === rows - 1 ? '' : `\x1b[${scrollTop + 1};${scrollBottom + 1}r`;
}

/** All but insertion, which would move cells while they are drawn. */
function modes({ core, modes: set }: Drawn): string {
  const { cursorStyle, cursorBlink } = core.coreService.decPrivateModes;
  const mouse = MOUSE[set.mouseTrackingMode];
  const encoding = { SGR: 1006, SGR_PIXELS: 1016 }[core.coreMouseService.activeEncoding];
  const flag = (on: boolean, mode: number) => (on ? `\x1b[?${mode}h` : '');
  return [
    flag(set.applicationCursorKeysMode, 1),
    flag(set.originMode, 6),
    set.wraparoundMode ? '' : '\x1b[?7l',
    flag(set.reverseWraparoundMode, 45),
    set.applicationKeypadMode ? '\x1b=' : '',
    flag(set.bracketedPasteMode, 2004),
    flag(set.sendFocusMode, 1004),
    flag(mouse !== 0, mouse),
    encoding === undefined ? '' : flag(true, encoding),
    core.coreService.isCursorHidden ? '\x1b[?25l' : '\x1b[?25h',
    cursorStyle === undefined ? '' : `\x1b[${CURSOR[cursorStyle] + (cursorBlink === true ? 0 : 1)} q`,
    core.optionsService.rawOptions.convertEol ? '\x1b[20h' : '',
    `\x1b]2;${visible(core._inputHandler._windowTitle)}\x1b\\`,
    flag(set.synchronizedOutputMode, 2026),
  ].join('');
}

/** The cursor moves with it where a restored one brought back another set than the one selected since. */
function charsets({ core, flagOf }: Drawn): string {
  const { charset, glevel, _charsets: all } = core._charsetService;
  const selected = ['(', ')', '*', '+'].map((to, level) => {
    const set = all[level];
    return set === undefined ? '' : `\x1b${to}${flagOf(set)}`;
  });
  const level = ['', '\x0e', '\x1bn', '\x1bo'][glevel] ?? '';
  const restored = charset !== all[glevel] && charset === core.buffers.active.savedCharset ? '\x1b8' : '';
  return selected.join('') + level + restored;
}

/** Titles are text of programs: nothing in it may end the sequence that carries it. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '');
}
