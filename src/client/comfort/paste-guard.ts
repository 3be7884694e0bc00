/** Every paste goes through here: control characters go, and what could run something is asked about. */
import { type Signal, signal } from '@preact/signals';
import type { Terminal } from '@xterm/xterm';
import { examine, PASTE_LENGTH, type Paste, withoutLastBreak } from './paste.ts';

/** What the guard needs of a terminal. */
export type PasteTarget = Pick<Terminal, 'paste' | 'focus' | 'modes'>;

export interface PasteHost {
  readonly mayType: () => boolean;
  /** Nothing was pasted: it was longer than PASTE_LENGTH. */
  readonly tooLong: () => void;
  /** Nothing was pasted: the keyboard had moved on before the answer. */
  readonly moved: () => void;
}

export interface PasteQuestion extends Paste {
  /** The program holds a paste back until Enter (bracketed paste): nothing runs by itself. */
  readonly held: boolean;
}

export type PasteAnswer = 'paste' | 'without-last-break' | 'cancel';

export class PasteGuard {
  /** Not null: the dialog is open. One for all terminals of the page. */
  readonly question: Signal<PasteQuestion | null> = signal(null);
  readonly #host: PasteHost;
  #target: PasteTarget | null = null;
  #askNoMore = false;

  constructor(host: PasteHost) {
    this.#host = host;
  }

  offer(target: PasteTarget, raw: string): void {
    if (raw.length > PASTE_LENGTH) {
      this.#host.tooLong();
      return;
    }
    const paste = examine(raw);
    if (paste.text === '') return;
    // One key is enough to be told whose turn it is; asking about the rest would promise something.
    if (!this.#host.mayType()) target.paste(String.fromCodePoint(paste.text.codePointAt(0) ?? 0));
    else if (paste.breaks === 'none' || this.#askNoMore) target.paste(paste.text);
    else {
      this.#target = target;
      this.question.value = { ...paste, held: target.modes.bracketedPasteMode };
    }
  }

  answer(answer: PasteAnswer, askNoMore: boolean): void {
    const question = this.question.value;
    const target = this.#target;
    this.#withdraw();
    if (question === null || target === null) return;
    if (answer !== 'cancel' && !this.#host.mayType()) this.#host.moved();
    else if (answer !== 'cancel') {
      this.#askNoMore ||= askNoMore;
      target.paste(answer === 'paste' ? question.text : withoutLastBreak(question.text));
    }
    target.focus();
  }

  /** The keyboard is elsewhere: an open question has no answer any more. */
  keyboardMoved(): void {
    if (this.question.peek() === null || this.#host.mayType()) return;
    this.#withdraw();
    this.#host.moved();
  }

  /** Its terminal is closed. */
  forget(target: PasteTarget): void {
    if (this.#target === target) this.#withdraw();
  }

  #withdraw(): void {
    this.#target = null;
    this.question.value = null;
  }

  /** Takes the paste event before xterm hears it. Gives back what undoes that. */
  watch(target: PasteTarget, box: HTMLElement): () => void {
    const hear = (event: ClipboardEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.offer(target, event.clipboardData?.getData('text/plain') ?? '');
    };
    box.addEventListener('paste', hear, { capture: true });
    return () => box.removeEventListener('paste', hear, { capture: true });
  }
}

/** The clipboard's text, where a page may read it; null where the browser or the person says no. */
export async function readClipboard(): Promise<string | null> {
  try {
    return (await navigator.clipboard?.readText?.()) ?? null;
  } catch {
    return null;
  }
}
