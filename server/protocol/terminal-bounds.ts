/**
 * What no program needs of a terminal, and what would hang or fill it: xterm.js 6.0.0 sets no bounds of
 * its own. Page and mirror refuse the same things, so that their screens stay equal. What is refused is
 * left out whole, as if it had not been printed.
 */

/** A letter and 30 marks: what Unicode calls stream-safe text (UAX #15, section 13). */
export const CELL_CODE_POINTS = 31;
export const TITLE_CHARS = 4096;
/** Longer addresses do not work in browsers, either. */
export const LINK_CHARS = 4096;
/** xterm.js counts these one by one: 2³¹ lines to insert would take it hours. No screen has so many. */
const COUNT_MOST = 1000;
/** It makes an array of so many characters. A screenful of one character is less. */
const REPEAT_MOST = 65_535;

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
      if ((properties & JOINS) === 0) inCell = 1;
      else if (inCell < CELL_CODE_POINTS) inCell += 1;
      else {
        inCell = 1;
        return inner.charProperties(codePoint, 0);
      }
      return properties;
    },
  };
}

/** Insert, delete and scroll lines, tabs forwards and backwards. */
const COUNTED = ['L', 'M', 'S', 'T', 'I', 'Z'];
const TITLES = [0, 1, 2];
const LINK = 8;

export function boundSequences(terminal: Bounded): void {
  const { parser } = terminal;
  const more = (most: number) => (params: (number | number[])[]) => Number(params[0] ?? 0) > most;
  for (const final of COUNTED) parser.registerCsiHandler({ final }, more(COUNT_MOST));
  parser.registerCsiHandler({ final: 'b' }, more(REPEAT_MOST));
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
  const handler: unknown = Reflect.get(Object(Reflect.get(terminal, '_core')), '_inputHandler');
  const erase: unknown = Reflect.get(Object(handler), 'eraseInDisplay');
  if (typeof erase === 'function') Reflect.apply(erase, handler, [{ params: [2] }, selective]);
  return true;
}
