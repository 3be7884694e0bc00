/** Lines of ours among what programs print, set above the line that the cursor is in: that goes on as it was. */
import { Boundary } from './boundary.ts';

/** Yellow of the theme, and nothing else that a program had set. */
const STYLE = '\x1b[0;33m';
/** Programs that take the whole screen go to the alternate one, and come back from it. */
const ALTERNATE = ['\x1b[?1049', '\x1b[?1047', '\x1b[?47'] as const;

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/**
 * What has to be printed for it. Room is made below first, so that nothing is pushed off the screen but
 * into the scrollback; then lines are put in above, and the cursor goes back into its own, with its colours.
 */
export function aside(words: readonly string[], { cols, rows }: Size): string {
  const lines = words.flatMap((sentence) => wrapped(sentence, cols));
  const count = lines.length;
  // On a screen that small there is no room above: it is printed as by any program.
  if (count >= rows) return `\r\n${lines.join('\r\n')}\r\n`;
  const room = '\x1bD'.repeat(count) + '\x1bM'.repeat(count);
  return `${room}\x1b7\r\x1b[${count}L${STYLE}${lines.join('\r\n')}\x1b8\x1b[${count}B`;
}

/** Whether it may come right after this output: not inside a sequence or character, not on the alternate screen. */
export function placeForAside(output: Uint8Array): 'here' | 'later' | 'nowhere' {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  const at = Math.max(...ALTERNATE.map((sequence) => bytes.lastIndexOf(sequence, undefined, 'latin1')));
  // The letter after the number says which way: h for there, l for back.
  if (
    at >= 0 &&
    bytes
      .toString('latin1', at + 4, at + 9)
      .replace(/^\d+/, '')
      .startsWith('h')
  )
    return 'nowhere';
  const boundary = new Boundary(0);
  boundary.push(output);
  return boundary.safe === output.length ? 'here' : 'later';
}

/** In lines that fit, by the columns that characters take; CJK takes two. */
function wrapped(sentence: string, cols: number): readonly string[] {
  const lines = [''];
  let taken = 0;
  for (const character of sentence) {
    const width = (character.codePointAt(0) ?? 0) < 0x1100 ? 1 : 2;
    if (taken + width > cols) {
      lines.push('');
      taken = 0;
    }
    lines[lines.length - 1] += character;
    taken += width;
  }
  return lines;
}
