/**
 * A flood of plain lines leaves its end and nothing else: each line that has left the scrollback before
 * the flood is over need not be parsed. It knows bytes, and where a mirror's screen stands.
 */
import { KIB } from '#protocol/limits.ts';
import type { MirrorScreen } from './mirror-screen.ts';
import { inside } from './xterm-inside.ts';

/** To leave out less would not pay for having looked. */
const LEAST_BYTES = 16 * KIB;
/** A piece is parsed without a pause. */
const PIECE_BYTES = 8 * KIB;
/** More while they are quick. */
const PIECE_SEQUENCES = { first: 16, least: 2, most: 128 } as const;
const SLOW_PIECE_MS = 2;
const C1_PIECE_BYTES = 128;
const ESC = 0x1b;
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

/** Parses it, or as much of it as the screen would still show some of; can be left between two pieces. */
export function* parseFlood(screen: MirrorScreen, output: Uint8Array): Generator<undefined, void> {
  const { rows, options } = screen.terminal;
  // From wherever the cursor stands: down to the last row, then every line once through the whole buffer.
  const gone =
    output.length < LEAST_BYTES ? null : goneLines(output, 2 * rows + (options.scrollback ?? 0) + 1);
  if (gone === null) {
    yield* parsePieces(screen, output);
    return;
  }
  yield* parsePieces(screen, output.subarray(0, gone.from));
  if (!scrollsAway(screen)) yield* parsePieces(screen, output.subarray(gone.from, gone.to));
  yield* parsePieces(screen, output.subarray(gone.to));
}

function* parsePieces(screen: MirrorScreen, output: Uint8Array): Generator<undefined, void> {
  let sequences: number = PIECE_SEQUENCES.first;
  for (let at = 0; at < output.length; ) {
    const end = endOfPiece(output, at, sequences);
    const began = performance.now();
    screen.parse(output.subarray(at, end));
    const slow = performance.now() - began > SLOW_PIECE_MS;
    sequences = slow ? PIECE_SEQUENCES.least : Math.min(sequences * 2, PIECE_SEQUENCES.most);
    at = end;
    yield;
  }
}

/** A sequence of two bytes can take 3 ms, text of as many bytes some nanoseconds: both count. */
function endOfPiece(output: Uint8Array, begin: number, sequences: number): number {
  const piece = output.subarray(begin, begin + PIECE_BYTES);
  let at = 0;
  for (let found = 0; found < sequences && at !== -1; found += 1) at = piece.indexOf(ESC, at + 1);
  const end = at === -1 ? piece.length : at;
  // As characters of two bytes they are rare enough not to be counted.
  const control = piece.indexOf(C1);
  return begin + (control === -1 || control >= end ? end : Math.min(end, C1_PIECE_BYTES));
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
