/** What keys send that a phone, or a borrowed keyboard, does not have. */

export type ExtraKey =
  | { readonly label: string; readonly kind: 'text'; readonly sends: string }
  /** Sends ESC O and the letter where the program asked for it (DECCKM), else ESC [. Repeats while held. */
  | { readonly label: string; readonly kind: 'cursor'; readonly letter: string; readonly repeats: boolean };

const text = (label: string, sends = label): ExtraKey => ({ label, kind: 'text', sends });
const cursor = (label: string, letter: string, repeats = true): ExtraKey => ({
  label,
  kind: 'cursor',
  letter,
  repeats,
});

/** Ctrl and Alt stand between the first two and the rest. The commonest come first. */
export const FIRST_KEYS: readonly ExtraKey[] = [text('Esc', '\x1b'), text('Tab', '\t')];
export const EXTRA_KEYS: readonly ExtraKey[] = [
  cursor('↑', 'A'),
  cursor('↓', 'B'),
  cursor('←', 'D'),
  cursor('→', 'C'),
  ...[
    '|',
    '_',
    '~',
    '/',
    '-',
    '"',
    "'",
    '$',
    '`',
    '\\',
    '&',
    '*',
    ';',
    ':',
    '<',
    '>',
    '{',
    '}',
    '[',
    ']',
  ].map((one) => text(one)),
  cursor('Home', 'H', false),
  cursor('End', 'F', false),
  text('PgUp', '\x1b[5~'),
  text('PgDn', '\x1b[6~'),
];

/** `application`: the program asked for application cursor keys (vim, less, htop). */
export function sequenceOf(key: ExtraKey, application: boolean): string {
  if (key.kind === 'text') return key.sends;
  return `\x1b${application ? 'O' : '['}${key.letter}`;
}

export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
}

const AFTER_ESC = /^[[O]([A-DHF])$/;
/** xterm's numbers for modifiers: 1, and 2 for Alt, and 4 for Ctrl. */
const MODIFIER = { none: 1, alt: 2, ctrl: 4 } as const;

/** A key as if Ctrl or Alt, held on the key bar, had been pressed with it. What they do not change stays. */
export function withModifiers(data: string, { ctrl, alt }: Modifiers): string {
  if (!ctrl && !alt) return data;
  const letter = data.startsWith('\x1b') ? AFTER_ESC.exec(data.slice(1))?.[1] : undefined;
  if (letter !== undefined) {
    const number = MODIFIER.none + (alt ? MODIFIER.alt : 0) + (ctrl ? MODIFIER.ctrl : 0);
    return `\x1b[1;${number}${letter}`;
  }
  if ([...data].length !== 1) return data;
  return `${alt ? '\x1b' : ''}${ctrl ? controlOf(data) : data}`;
}

/** @ to _ are 64 to 95; Ctrl takes 64 away. Ctrl+Space is ^@, Ctrl+? is ^?. */
function controlOf(letter: string): string {
  if (letter === ' ') return '\x00';
  if (letter === '?') return '\x7f';
  const code = letter.toUpperCase().charCodeAt(0);
  return code >= 64 && code <= 95 ? String.fromCharCode(code - 64) : letter;
}
