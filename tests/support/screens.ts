/** A terminal's screen as a value: what somebody sees, and all that decides what further output would do. */
import type { Terminal } from '@xterm/headless';
import { joinKind } from '../../server/terminals/cursor.ts';
import {
  BG,
  type Charset,
  COLOUR,
  CONTENT,
  FG,
  type Inside,
  inside,
  type Line,
  type Screenful,
} from '../../server/terminals/xterm-inside.ts';

export interface Row {
  readonly text: string;
  /** It goes on with what the row above began. */
  readonly wrapped: boolean;
  /** `first-last: what is not as usual`; `+` after a column is a cell of two columns. */
  readonly cells: readonly string[];
}

export interface Sheet {
  readonly rows: readonly Row[];
  readonly cursor: { readonly x: number; readonly y: number };
  readonly region: readonly [top: number, bottom: number];
  readonly saved: { readonly x: number; readonly y: number; readonly pen: string; readonly charset: string };
  readonly tabs: readonly number[];
}

export interface Screen {
  readonly cols: number;
  readonly rows: number;
  readonly active: 'normal' | 'alternate';
  readonly normal: Sheet;
  /** Of an alternate screen that is not shown, only the saved cursor outlives. */
  readonly alternate: Sheet | Sheet['saved'];
  readonly modes: Readonly<Record<string, unknown>>;
  readonly pen: string;
  readonly charsets: { readonly active: string; readonly level: number; readonly all: readonly string[] };
  /** Whether, and how, the next character joins the one before it; 0: not at all. */
  readonly joins: number;
  readonly title: string;
}

export interface ScreenOptions {
  /** As many lines of the scrollback are compared, too. */
  readonly above?: number;
}

export function screenOf(terminal: Terminal, { above = 100 }: ScreenOptions = {}): Screen {
  const core = inside(terminal);
  const { normal, alt, active } = core.buffers;
  const sheet = (buffer: Screenful) => sheetOf(core, buffer, terminal, above);
  return {
    cols: terminal.cols,
    rows: terminal.rows,
    active: active === normal ? 'normal' : 'alternate',
    normal: sheet(normal),
    alternate: active === alt ? sheet(alt) : savedOf(core, alt, terminal),
    modes: {
      ...terminal.modes,
      mouseEncoding: core.coreMouseService.activeEncoding,
      cursorHidden: core.coreService.isCursorHidden,
      cursorStyle: core.coreService.decPrivateModes.cursorStyle,
      cursorBlink: core.coreService.decPrivateModes.cursorBlink,
      newLine: core.optionsService.rawOptions.convertEol,
    },
    pen: look(core, core._inputHandler._curAttrData),
    charsets: {
      active: nameOf(core._charsetService.charset),
      level: core._charsetService.glevel,
      all: [0, 1, 2, 3].map((level) => nameOf(core._charsetService._charsets[level])),
    },
    joins: joinKind(core._inputHandler._parser.precedingJoinState),
    title: core._inputHandler._windowTitle,
  };
}

/** Colours that programs have changed: xterm hands them on and keeps none, so they are noted from now on. */
export function followPalette(terminal: Terminal): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  for (const [at, code] of [10, 11, 12].entries()) {
    terminal.parser.registerOscHandler(code, (data) => {
      for (const [i, spec] of data.split(';').entries()) {
        if (at + i < 3 && COLOUR_SPEC.test(spec)) changed.set(String(code + i), spec);
      }
      return false;
    });
    terminal.parser.registerOscHandler(code + 100, () => {
      changed.delete(String(code));
      return false;
    });
  }
  terminal.parser.registerOscHandler(4, (data) => {
    const slots = data.split(';');
    for (let i = 0; i + 1 < slots.length; i += 2) {
      const index = slots[i] ?? '';
      const spec = slots[i + 1] ?? '';
      if (/^\d+$/.test(index) && Number(index) < 256 && COLOUR_SPEC.test(spec)) {
        changed.set(`4;${Number(index)}`, spec);
      }
    }
    return false;
  });
  terminal.parser.registerOscHandler(104, (data) => {
    const gone =
      data === ''
        ? [...changed.keys()].filter((key) => key.startsWith('4;'))
        : data.split(';').map((index) => `4;${index}`);
    for (const key of gone) changed.delete(key);
    return false;
  });
  return changed;
}

const COLOUR_SPEC = /^(?:#[\da-f]{3,12}|rgb:[\da-f/]+)$/i;

function sheetOf(core: Inside, buffer: Screenful, terminal: Terminal, above: number): Sheet {
  const first = Math.max(0, buffer.ybase - above);
  const rows: Row[] = [];
  for (let y = first; y < buffer.ybase + terminal.rows; y += 1) {
    const line = buffer.lines.get(y);
    if (line !== undefined) rows.push(rowOf(core, line, terminal.cols));
  }
  const active = buffer === core.buffers.active;
  return {
    rows,
    // A screen that is shown again has the cursor where the other one had it; its row counts when it is resized.
    cursor: { x: active ? buffer.x : 0, y: buffer.y },
    region: [buffer.scrollTop, buffer.scrollBottom],
    saved: savedOf(core, buffer, terminal),
    tabs: Object.keys(buffer.tabs)
      .map(Number)
      .filter((x) => buffer.tabs[x] === true && x < terminal.cols),
  };
}

function savedOf(core: Inside, buffer: Screenful, terminal: Terminal): Sheet['saved'] {
  const { fg, bg } = buffer.savedCurAttrData;
  return {
    // As restoring would have it.
    x: Math.min(buffer.savedX, terminal.cols - 1),
    y: Math.min(Math.max(buffer.savedY - buffer.ybase, 0), terminal.rows - 1),
    pen: look(core, { fg, bg, extended: { _ext: 0, urlId: 0 } }),
    charset: nameOf(buffer.savedCharset),
  };
}

function rowOf(core: Inside, line: Line, cols: number): Row {
  let text = '';
  const cells: string[] = [];
  let run: { first: number; last: number; what: string } | null = null;
  const end = () => {
    if (run !== null && run.what !== '') {
      const { first, last, what } = run;
      cells.push(`${first}${last > first ? `-${last}` : ''}: ${what}`);
    }
  };
  for (let x = 0; x < cols; x += 1) {
    const content = line._data[x * 3] ?? 0;
    const fg = line._data[x * 3 + 1] ?? 0;
    const bg = line._data[x * 3 + 2] ?? 0;
    const width = content >> CONTENT.widthShift;
    const code = content & CONTENT.codePoint;
    const chars =
      content & CONTENT.combined ? (line._combined[x] ?? '?') : code ? String.fromCodePoint(code) : '';
    if (width > 0) text += chars === '' ? '·' : chars;
    const extended = (bg & BG.extended ? line._extendedAttrs[x] : undefined) ?? { _ext: 0, urlId: 0 };
    const what = [
      ...(width === 1 ? [] : [`width ${width}`]),
      ...(chars.length > 1 ? [JSON.stringify(chars)] : []),
      look(core, { fg, bg, extended }),
    ]
      .join(' ')
      .trim();
    if (run !== null && run.what === what) run.last = x;
    else {
      end();
      run = { first: x, last: x, what };
    }
  }
  end();
  return { text: text.replace(/·+$/, ''), wrapped: line.isWrapped, cells };
}

/**
 * What is to be seen of attributes. A restored cursor can leave an underline without a style or a style
 * without an underline in xterm.js; neither is drawn, so neither counts.
 */
function look(
  core: Inside,
  { fg, bg, extended }: { fg: number; bg: number; extended: { _ext: number; urlId: number } },
): string {
  if (fg === 0 && bg === 0) return '';
  const on = (names: Readonly<Record<string, number>>, bits: number) =>
    Object.entries(names).flatMap(([name, bit]) => (bits & bit ? [name] : []));
  const { underline: _, ...fgFlags } = FG;
  const { extended: __, ...bgFlags } = BG;
  const link = bg & BG.extended ? core._oscLinkService.getLinkData(extended.urlId) : undefined;
  return [
    ...colour('fg', fg),
    ...colour('bg', bg),
    ...on(fgFlags, fg),
    ...on(bgFlags, bg),
    ...underline(fg, bg, extended._ext),
    ...(link === undefined ? [] : [`link ${link.id ?? ''} ${link.uri}`]),
  ].join(' ');
}

function underline(fg: number, bg: number, ext: number): readonly string[] {
  const style = fg & FG.underline ? (bg & BG.extended ? (ext >> 26) & 7 : 1) : 0;
  return style === 0 ? [] : [`underline ${style}`, ...(bg & BG.extended ? colour('of', ext) : [])];
}

function colour(name: string, bits: number): readonly string[] {
  const mode = bits & COLOUR.mode;
  if (mode === 0) return [];
  if (mode === COLOUR.mode) return [`${name} #${(bits & COLOUR.rgb).toString(16).padStart(6, '0')}`];
  return [`${name} ${mode === COLOUR.p16 ? 'p16' : 'p256'}:${bits & 0xff}`];
}

/** xterm names no set; what it does to some letters tells them apart. */
function nameOf(charset: Charset): string {
  return charset === undefined
    ? ''
    : ['#', '@', '[', '\\', 'q', '~'].map((letter) => charset[letter] ?? letter).join('');
}
