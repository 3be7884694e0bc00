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

/** An echo that takes longer than this is none: the program shows no keys, as for a password. */
const ECHO_MS = 1500;

export type WatchedTerminal = Pick<Terminal, 'buffer' | 'onWriteParsed'>;

export interface FullWidthHost {
  /** They stand on the screen, and can be typed again. */
  readonly offer: (repair: Repair) => void;
  /** They were typed, and are not to be seen at a prompt: no more can be said than that. */
  readonly notice: () => void;
}

/** Full-width letters that were typed: what of them stands at the prompt, and may be typed again. */
export class FullWidthTyped {
  readonly #host: FullWidthHost;
  #waits: (() => void) | null = null;
  /** What was typed there last, in one go or in several. */
  #last: { readonly term: WatchedTerminal; readonly repair: Repair } | null = null;

  constructor(host: FullWidthHost) {
    this.#host = host;
  }

  /** Says nothing about a repair before the letters have come back from the shell. */
  typed(term: WatchedTerminal, data: string): void {
    this.#waits?.();
    const repair = repairOf(data);
    if (repair === null || term.buffer.active.type !== 'normal') {
      this.#last = null;
      this.#host.notice();
      return;
    }
    // One conversion after another is one word to its author, if the screen says so too.
    const whole = this.#last?.term === term ? repairOf(this.#last.repair.typed + data) : null;
    this.#last = { term, repair: whole ?? repair };
    const look = () => {
      const shown = [whole, repair].find((one) => one !== null && stillBeforeCursor(term, one.typed));
      if (shown == null) return;
      this.#waits?.();
      this.#last = { term, repair: shown };
      this.#host.offer(shown);
    };
    const parsed = term.onWriteParsed(look);
    const late = setTimeout(() => {
      this.forget();
      this.#host.notice();
    }, ECHO_MS);
    this.#waits = () => {
      clearTimeout(late);
      parsed.dispose();
      this.#waits = null;
    };
  }

  /** What could be typed again at this moment, in this terminal. */
  standing(term: WatchedTerminal): Repair | null {
    const last = this.#last;
    return last?.term === term && stillBeforeCursor(last.term, last.repair.typed) ? last.repair : null;
  }

  /** The terminal is closed, or somebody else types. */
  forget(): void {
    this.#waits?.();
    this.#last = null;
  }
}
