/**
 * What only private fields of xterm.js 6.0.0 tell: the buffer API shows the cells, but not the scroll
 * region, the saved cursor, tab stops, character sets, the attributes that are on, links, the wrap that
 * is pending, nor what the next character would join. They are named here alone, and looked for when a
 * terminal is made, so that an update which moves them fails at once and not in somebody's screen.
 */
import type { Terminal } from '@xterm/headless';

/** Bits of `fg`, of `bg` and of a cell's content (xterm's common/buffer/Constants.ts). */
export const COLOUR = { mode: 0x3_00_00_00, p16: 0x1_00_00_00, p256: 0x2_00_00_00, rgb: 0xff_ff_ff } as const;
export const FG = {
  inverse: 1 << 26,
  bold: 1 << 27,
  underline: 1 << 28,
  blink: 1 << 29,
  invisible: 1 << 30,
  strikethrough: 1 << 31,
} as const;
export const BG = {
  italic: 1 << 26,
  dim: 1 << 27,
  extended: 1 << 28,
  protected: 1 << 29,
  overline: 1 << 30,
} as const;
export const CONTENT = { codePoint: 0x1f_ff_ff, combined: 1 << 21, widthShift: 22 } as const;

export interface Extended {
  /** Style and colour of the underline; the getters show a link's dashes instead. */
  readonly _ext: number;
  readonly urlId: number;
}

export interface Attributes {
  readonly fg: number;
  readonly bg: number;
  readonly extended: Extended;
}

export interface Line {
  readonly length: number;
  readonly isWrapped: boolean;
  /** Three words per cell: content, fg, bg. */
  readonly _data: Uint32Array;
  readonly _combined: Readonly<Record<number, string>>;
  readonly _extendedAttrs: Readonly<Record<number, Extended | undefined>>;
}

export type Charset = Readonly<Record<string, string>> | undefined;

export interface Screenful {
  readonly lines: {
    readonly length: number;
    get(index: number): Line | undefined;
  };
  readonly x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
  readonly savedX: number;
  /** Counted from the first line that is kept, not from the first of the screen. */
  readonly savedY: number;
  readonly savedCurAttrData: { readonly fg: number; readonly bg: number };
  readonly savedCharset: Charset;
}

export interface Inside {
  readonly buffers: {
    readonly normal: Screenful;
    readonly alt: Screenful;
    readonly active: Screenful;
  };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly decPrivateModes: {
      readonly cursorStyle?: 'block' | 'underline' | 'bar';
      readonly cursorBlink?: boolean;
    };
  };
  readonly coreMouseService: { readonly activeEncoding: string };
  readonly optionsService: { readonly rawOptions: { readonly convertEol: boolean } };
  readonly unicodeService: { charProperties(codePoint: number, preceding: number): number };
  readonly _charsetService: {
    readonly charset: Charset;
    readonly glevel: number;
    readonly _charsets: readonly Charset[];
  };
  readonly _oscLinkService: {
    getLinkData(id: number): { readonly id?: string; readonly uri: string } | undefined;
  };
  readonly _inputHandler: {
    readonly _curAttrData: Attributes;
    readonly _windowTitle: string;
    /** `currentState` is 0 outside of any sequence. */
    readonly _parser: { readonly precedingJoinState: number; readonly currentState: number };
    /** At once, on this stack: `write` waits for the loop, and what it throws stops it for ever. */
    parse(data: string | Uint8Array): unknown;
  };
}

const EXPECTED: Readonly<Record<string, string>> = {
  'buffers.normal.lines.get': 'function',
  'buffers.normal.lines.length': 'number',
  'buffers.normal.x': 'number',
  'buffers.normal.y': 'number',
  'buffers.normal.ybase': 'number',
  'buffers.normal.scrollTop': 'number',
  'buffers.normal.scrollBottom': 'number',
  'buffers.normal.tabs': 'object',
  'buffers.normal.savedX': 'number',
  'buffers.normal.savedY': 'number',
  'buffers.normal.savedCurAttrData.fg': 'number',
  'buffers.normal.savedCurAttrData.bg': 'number',
  'buffers.alt.savedX': 'number',
  'buffers.active.x': 'number',
  'coreService.isCursorHidden': 'boolean',
  'coreService.decPrivateModes': 'object',
  'coreMouseService.activeEncoding': 'string',
  'optionsService.rawOptions.convertEol': 'boolean',
  'unicodeService.charProperties': 'function',
  '_charsetService.glevel': 'number',
  '_charsetService._charsets': 'object',
  '_oscLinkService.getLinkData': 'function',
  '_inputHandler._curAttrData.fg': 'number',
  '_inputHandler._curAttrData.bg': 'number',
  '_inputHandler._curAttrData.extended._ext': 'number',
  '_inputHandler._curAttrData.extended.urlId': 'number',
  '_inputHandler._windowTitle': 'string',
  '_inputHandler._parser.precedingJoinState': 'number',
  '_inputHandler._parser.currentState': 'number',
  '_inputHandler.parse': 'function',
};

/** Throws when this xterm.js keeps its state elsewhere. */
export function inside(terminal: Terminal): Inside {
  const core: unknown = Reflect.get(terminal, '_core');
  for (const [path, type] of Object.entries(EXPECTED)) {
    const found = path.split('.').reduce<unknown>((at, name) => at && Reflect.get(Object(at), name), core);
    if (typeof found !== type)
      throw new Error(`xterm.js has no ${type} at ${path}: its insides have changed`);
  }
  const line: unknown = Reflect.get(Object(core), 'buffers').normal.lines.get(0);
  for (const name of ['_data', '_combined', '_extendedAttrs']) {
    if (typeof Reflect.get(Object(line), name) !== 'object') {
      throw new Error(`xterm.js has no ${name} in a line: its insides have changed`);
    }
  }
  // Each field that is read has just been found.
  return core as Inside;
}
