/** Full-width letters at a prompt: what was meant, and whether it can be typed again safely. */
import type { Terminal } from '@xterm/xterm';

/** Full-width forms of ASCII stand this far above it. */
const ABOVE_ASCII = 0xfee0;
const LONGEST = 60;
const ERASE = '\x7f';

export interface Repair {
  readonly typed: string;
  readonly half: string;
}

/** Null where Japanese is among it, or where it is long: then nobody but its author knows what was meant. */
export function repairOf(data: string): Repair | null {
  if (data.length > LONGEST || !/^[！-～　]+$/.test(data)) return null;
  const half = data
    .replaceAll('　', ' ')
    .replace(/[！-～]/g, (one) => String.fromCharCode(one.charCodeAt(0) - ABOVE_ASCII));
  return { typed: data, half };
}

/** Keys that erase what was typed and type it as it was meant. */
export function keysFor({ typed, half }: Repair): string {
  return ERASE.repeat(typed.length) + half;
}

/** It still stands right before the cursor of an ordinary screen: nothing was typed, run or moved since. */
export function stillBeforeCursor(term: Pick<Terminal, 'buffer'>, typed: string): boolean {
  const { active } = term.buffer;
  if (active.type !== 'normal') return false;
  const line = active.getLine(active.baseY + active.cursorY);
  return line?.translateToString(false, 0, active.cursorX).endsWith(typed) === true;
}
