/**
 * Questions that programs ask of a terminal (device attributes, cursor position, modes, colours). One
 * terminal of many may answer: the driver's, and never while an old screen is being drawn again.
 */

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

/** What it needs of xterm.js, the browser's or the headless one. */
interface Asked {
  readonly parser: {
    registerCsiHandler(
      id: { prefix?: string; intermediates?: string; final: string },
      callback: () => boolean,
    ): unknown;
    registerDcsHandler(id: { intermediates: string; final: string }, callback: () => boolean): unknown;
    registerOscHandler(ident: number, callback: (data: string) => boolean): unknown;
  };
}

/**
 * `silent()`: swallow the question. The result tells whether what the terminal sends at this moment is an
 * answer: xterm gives it at once, while it parses, and by the same event as keys.
 */
export function guardReplies(term: Asked, silent: () => boolean): { readonly answering: () => boolean } {
  let answering = false;
  const asked = () => {
    if (silent()) return true;
    answering = true;
    queueMicrotask(() => {
      answering = false;
    });
    return false;
  };
  for (const id of CSI_QUESTIONS) term.parser.registerCsiHandler(id, asked);
  term.parser.registerDcsHandler({ intermediates: '$', final: 'q' }, asked);
  for (const id of COLOUR_OSCS) term.parser.registerOscHandler(id, (data) => data.includes('?') && asked());
  return { answering: () => answering };
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
