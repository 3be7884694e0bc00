/**
 * What people expect of any terminal: copying, pasting, finding, numbering, keys that a keyboard lacks.
 * Each module works on one xterm.js terminal, and knows neither socket nor room.
 */

/** Some 3 MB: below what the server takes of one person within a second. */
export const PASTE_LENGTH = 1_000_000;
/** Shown before a paste that could run something; more is counted, not shown. */
export const SHOWN_LINES = 12;
/** A line longer than this is cut in the dialog; the paste itself is whole. */
const SHOWN_LINE_LENGTH = 400;

export interface Paste {
  /** As it will be typed: line breaks are \n, and of control characters only tab is left. */
  readonly text: string;
  readonly lines: number;
  readonly chars: number;
  /** Control characters that were taken out. */
  readonly removed: number;
  /** A break at the very end alone still runs what stands before it. */
  readonly breaks: 'none' | 'inside' | 'end';
}

// C0 but tab and newline, DEL, and C1, whose U+009B is an ESC [ of its own.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be pasted
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Turn the reading direction or take no room: what is seen is not what is pasted. */
const DECEIVING = /[\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff]/g;

/** Without ESC nobody breaks out of bracketed paste: `\x1b[201~` would end it, and the rest be typed. */
export function examine(raw: string): Paste {
  const unified = raw.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const text = unified.replace(CONTROLS, '');
  const body = text.replace(/\n+$/, '');
  return {
    text,
    lines: body.split('\n').length,
    chars: [...text.replaceAll('\n', '')].length,
    removed: unified.length - text.length,
    breaks: body.includes('\n') ? 'inside' : text === body ? 'none' : 'end',
  };
}

export function withoutLastBreak(text: string): string {
  return text.replace(/\n+$/, '');
}

/** The first lines, with what cannot be seen made visible. */
export function preview(text: string): { readonly lines: readonly string[]; readonly more: number } {
  const all = withoutLastBreak(text).split('\n');
  return {
    lines: all.slice(0, SHOWN_LINES).map((line) => visible(cut(line))),
    more: Math.max(0, all.length - SHOWN_LINES),
  };
}

function cut(line: string): string {
  const letters = [...line];
  return letters.length <= SHOWN_LINE_LENGTH ? line : `${letters.slice(0, SHOWN_LINE_LENGTH).join('')}…`;
}

/** Control characters as their pictures (U+2400…), deceiving ones by their number. */
export function visible(text: string): string {
  return text
    .replaceAll('\t', '→\t')
    .replace(CONTROLS, (one) => picture(one.charCodeAt(0)))
    .replace(DECEIVING, (one) => `⟨U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

const PICTURES_FROM = 0x2400;
const DELETE = 0x7f;
const PICTURE_OF_DELETE = '␡';

function picture(code: number): string {
  if (code < 0x20) return String.fromCharCode(PICTURES_FROM + code);
  if (code === DELETE) return PICTURE_OF_DELETE;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
