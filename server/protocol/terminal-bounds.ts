/**
 * What no program needs of a terminal, and what would hang or fill it: xterm.js 6.0.0 sets no bounds of
 * its own. Page and mirror bound the same things, so that their screens stay equal. What is refused is
 * left out whole, as if it had not been printed; a count is done as far as the screen goes.
 */
import { evenOut } from './terminal-lines.ts';
import { boundLinks } from './terminal-links.ts';

/**
 * UTF-16 units: the longest emoji that Unicode lists has fifteen, letters of living scripts have fewer.
 * From 13 on, V8 keeps what is appended as a chain of pieces: a screen of long ones was 393 MiB.
 */
export const CELL_UNITS = 16;
export const TITLE_CHARS = 4096;
/** Longer addresses do not work in browsers, either. */
export const LINK_CHARS = 4096;
/** It makes an array of so many characters. A screenful of a usual size is less. */
const REPEAT_MOST = 16_384;

export interface WidthProvider {
  readonly version: string;
  wcwidth(codePoint: number): 0 | 1 | 2;
  charProperties(codePoint: number, preceding: number): number;
}

interface Bounded {
  readonly cols: number;
  readonly rows: number;
  readonly buffer: {
    readonly active: { readonly baseY: number; readonly cursorX: number; readonly cursorY: number };
  };
  readonly parser: {
    registerCsiHandler(
      id: { prefix?: string; final: string },
      callback: (params: (number | number[])[]) => boolean,
    ): { dispose(): void };
    registerOscHandler(ident: number, callback: (data: string) => boolean): { dispose(): void };
  };
}

interface Unicode {
  activeVersion: string;
  register(provider: WidthProvider): void;
}

/** The widths of xterm's grapheme addon, which gives them to terminals only: this one just takes them. */
export function widthsOf(addon: { activate(terminal: never): void }): WidthProvider {
  const found: WidthProvider[] = [];
  const register = (provider: WidthProvider) => found.push(provider);
  const unicode = { register, versions: [], activeVersion: '' };
  // Of a terminal, the addon touches `unicode` alone.
  addon.activate({ unicode } as never);
  const provider = found.find(({ version }) => version === '15-graphemes');
  if (provider === undefined) throw new Error('the grapheme addon has no provider 15-graphemes');
  return provider;
}

/** Before anything is written to it. */
export function boundTerminal(
  terminal: Bounded & { readonly unicode: Unicode },
  widths: WidthProvider,
): void {
  const bounded = boundGraphemes(widths);
  terminal.unicode.register(bounded);
  terminal.unicode.activeVersion = bounded.version;
  boundSequences(terminal);
  boundLinks(terminal);
  evenOut(terminal);
}

/** Whether a code point joins the cell before it: the lowest bit of its properties. */
const JOINS = 1;

/** One per terminal: it counts. What is too much for a cell begins the next one. */
export function boundGraphemes(inner: WidthProvider): WidthProvider {
  let inCell = 1;
  return {
    version: `${inner.version}-bounded`,
    wcwidth: (codePoint) => inner.wcwidth(codePoint),
    charProperties(codePoint, preceding) {
      const properties = inner.charProperties(codePoint, preceding);
      const units = codePoint > 0xffff ? 2 : 1;
      if ((properties & JOINS) === 0) inCell = units;
      else if (inCell + units <= CELL_UNITS) inCell += units;
      else {
        inCell = units;
        return inner.charProperties(codePoint, 0);
      }
      return properties;
    },
  };
}

/**
 * What xterm.js counts one by one: 2³¹ lines to insert would take it hours. More than the screen has do what
 * as many as it has do.
 */
const COUNTED = {
  L: ['insertLines', ({ rows }) => rows],
  M: ['deleteLines', ({ rows }) => rows],
  S: ['scrollUp', ({ rows }) => rows],
  T: ['scrollDown', ({ rows }) => rows],
  I: ['cursorForwardTab', ({ cols }) => cols],
  Z: ['cursorBackwardTab', ({ cols }) => cols],
  b: ['repeatPrecedingCharacter', ({ cols, rows }) => Math.min(cols * rows, REPEAT_MOST)],
} as const satisfies Record<string, readonly [string, (terminal: Bounded) => number]>;
const TITLES = [0, 1, 2];
const LINK = 8;

export function boundSequences(terminal: Bounded): void {
  const { parser } = terminal;
  for (const [final, [method, mostOf]] of Object.entries(COUNTED)) {
    parser.registerCsiHandler({ final }, ([count]) => {
      const most = mostOf(terminal);
      if (Number(count ?? 0) <= most) return false;
      handle(terminal, method, [most]);
      return true;
    });
  }
  for (const code of TITLES) parser.registerOscHandler(code, (title) => title.length > TITLE_CHARS);
  parser.registerOscHandler(LINK, (link) => link.length > LINK_CHARS);
  parser.registerCsiHandler({ final: 'J' }, ([what]) => what === 1 && erasedToTheEnd(terminal, false));
  parser.registerCsiHandler(
    { prefix: '?', final: 'J' },
    ([what]) => what === 1 && erasedToTheEnd(terminal, true),
  );
}

/**
 * Erasing up to the last cell of a screen without scrollback throws in xterm.js, which then parses
 * nothing more for ever. It is the same as erasing the whole screen, which works.
 */
function erasedToTheEnd(terminal: Bounded, selective: boolean): boolean {
  const { baseY, cursorX, cursorY } = terminal.buffer.active;
  if (baseY > 0 || cursorY < terminal.rows - 1 || cursorX < terminal.cols - 1) return false;
  handle(terminal, 'eraseInDisplay', [2], selective);
  return true;
}

/** As if xterm.js had read it. */
function handle(terminal: Bounded, method: string, params: readonly number[], ...more: unknown[]): void {
  const handler: unknown = Reflect.get(Object(Reflect.get(terminal, '_core')), '_inputHandler');
  const found: unknown = Reflect.get(Object(handler), method);
  if (typeof found !== 'function') throw new Error(`xterm.js has no ${method}: its insides have changed`);
  Reflect.apply(found, handler, [{ params }, ...more]);
}
