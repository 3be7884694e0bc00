/**
 * A flood of plain lines leaves its end and nothing else: each line that has left the scrollback before
 * the flood is over need not be parsed. It knows bytes, and where a mirror's screen stands.
 */
import { KIB } from '#protocol/limits.ts';
import type { MirrorScreen } from './mirror-screen.ts';
import { inside } from './xterm-inside.ts';

/** To leave out less would not pay for having looked. */
const LEAST_BYTES = 16 * KIB;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
/** U+0080 to U+009F are controls; in UTF-8 they begin with this byte, and go on with one below 0xa0. */
const C1 = 0xc2;
const GROUND = 0;

/** 1: a byte that writes or moves, and changes no state of the terminal. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => {
  const moves = byte === TAB || byte === LF || byte === CR;
  return moves || (byte >= 0x20 && byte < 0x7f) || (byte >= 0x80 && byte !== C1) ? 1 : 0;
});

/** Parses it, or as much of it as the screen would still show some of. */
export function parseFlood(screen: MirrorScreen, output: Uint8Array): void {
  const { rows, options } = screen.terminal;
  // From wherever the cursor stands: down to the last row, then every line once through the whole buffer.
  const gone =
    output.length < LEAST_BYTES ? null : goneLines(output, 2 * rows + (options.scrollback ?? 0) + 1);
  if (gone === null) {
    screen.parse(output);
    return;
  }
  screen.parse(output.subarray(0, gone.from));
  if (!scrollsAway(screen)) screen.parse(output.subarray(gone.from, gone.to));
  screen.parse(output.subarray(gone.to));
}

/** Whether the lines that come next leave the screen at its top, one for each line feed. */
function scrollsAway({ terminal }: MirrorScreen): boolean {
  const { buffers, _inputHandler } = inside(terminal);
  const { active, normal } = buffers;
  const whole = active.scrollTop === 0 && active.scrollBottom === terminal.rows - 1;
  return active === normal && whole && _inputHandler._parser.currentState === GROUND;
}

/**
 * Between two beginnings of lines in a stretch of plain bytes, after which so many lines of the same
 * stretch follow. Null when there is no such part that is worth it.
 */
export function goneLines(
  output: Uint8Array,
  lines: number,
): { readonly from: number; readonly to: number } | null {
  for (let begin = 0; begin + LEAST_BYTES < output.length; ) {
    const end = endOfPlain(output, begin);
    if (end - begin > LEAST_BYTES) {
      const from = lineAfter(output, begin, end);
      const to = lineBefore(output, end, lines);
      if (to - from > LEAST_BYTES) return { from, to };
    }
    begin = end + 1;
  }
  return null;
}

function endOfPlain(output: Uint8Array, begin: number): number {
  let at = begin;
  for (; at < output.length; at += 1) {
    const byte = output[at] ?? 0;
    if (PLAIN[byte] === 0 && !(byte === C1 && (output[at + 1] ?? 0) >= 0xa0)) break;
  }
  return at;
}

/** Where the first line begins, at the left edge. */
function lineAfter(output: Uint8Array, begin: number, end: number): number {
  for (let at = begin; ; at += 1) {
    at = output.indexOf(LF, at);
    if (at === -1 || at >= end) return end;
    if (at > begin && output[at - 1] === CR) return at + 1;
  }
}

/** Where a line begins, at the left edge, that is followed by so many line feeds before `end`. */
function lineBefore(output: Uint8Array, end: number, lines: number): number {
  let at = end;
  for (let found = 0; ; found += 1) {
    at = at === 0 ? -1 : output.lastIndexOf(LF, at - 1);
    if (at <= 0) return 0;
    if (found >= lines && output[at - 1] === CR) return at + 1;
  }
}
