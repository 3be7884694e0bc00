/**
 * Questions that programs ask of a terminal (device attributes, cursor position, modes, colours). One
 * terminal of many may answer: the driver's, and never while an old screen is being drawn again.
 */
import type { IDisposable, Terminal } from '@xterm/xterm';

const CSI_QUESTIONS = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { prefix: '>', final: 'q' },
  { final: 't' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
] as const;
const COLOUR_OSCS = [4, 10, 11, 12];

/** `silent()`: swallow the question. */
export function guardReplies(term: Terminal, silent: () => boolean): readonly IDisposable[] {
  return [
    ...CSI_QUESTIONS.map((id) => term.parser.registerCsiHandler(id, silent)),
    term.parser.registerDcsHandler({ intermediates: '$', final: 'q' }, silent),
    ...COLOUR_OSCS.map((id) => term.parser.registerOscHandler(id, (data) => data.includes('?') && silent())),
  ];
}

/** Focus and mouse reports: the terminal's own doing, not keys of a person. */
export function isReport(data: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return /^\x1b\[(?:[IO]$|M|<\d)/.test(data);
}

/** Full-width letters, digits, signs and spaces, which no command understands. */
export function looksFullWidth(data: string): boolean {
  return /[！-～　]/.test(data);
}
