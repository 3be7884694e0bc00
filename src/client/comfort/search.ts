/** Finding text in one terminal and its scrollback. xterm's addon does the work; it is loaded on first use. */
import { type Signal, signal } from '@preact/signals';
import type { ISearchOptions, SearchAddon } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';
import type { SearchColours } from '../terminal-themes.ts';

export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
  readonly regex: boolean;
}

/** `typed` begins at the newest output again; the others go on from the match that is selected. */
export type Direction = 'typed' | 'next' | 'previous';

export type Found =
  /** Nothing asked yet. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'wrong' }
  /** It matches where nothing stands, and so everywhere. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'none' }
  /** What finds could not be loaded; the next try loads it again. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'some'; readonly at: number; readonly of: number }
  | { readonly kind: 'many'; readonly of: number };

/** Matches beyond it are neither coloured nor counted, so that a flood of them does not stop the page. */
export const MATCHES_AT_MOST = 1000;

/** What is wrong with the query before it is tried; null when nothing is. */
export function objection({ text, matchCase, regex }: Query): Found | null {
  if (text === '') return { kind: 'idle' };
  if (!regex) return null;
  try {
    return new RegExp(text, matchCase ? 'g' : 'gi').test('') ? { kind: 'empty' } : null;
  } catch {
    return { kind: 'wrong' };
  }
}

/** What the addon says, in the words of a person: its index is -1 where it stopped counting. */
export function foundOf({ resultIndex, resultCount }: { resultIndex: number; resultCount: number }): Found {
  if (resultCount === 0) return { kind: 'none' };
  if (resultIndex < 0 || resultCount >= MATCHES_AT_MOST) return { kind: 'many', of: resultCount };
  return { kind: 'some', at: resultIndex + 1, of: resultCount };
}

export class TerminalSearch {
  readonly open: Signal<boolean> = signal(false);
  /** Counts each time that somebody asks for it: the field takes the focus, though it may be open already. */
  readonly asked: Signal<number> = signal(0);
  readonly found: Signal<Found> = signal({ kind: 'idle' });
  readonly #term: Terminal;
  readonly #colours: () => SearchColours;
  #addon: Promise<SearchAddon | null> | null = null;

  constructor(term: Terminal, colours: () => SearchColours) {
    this.#term = term;
    this.#colours = colours;
  }

  show(): void {
    this.open.value = true;
    this.asked.value += 1;
    void this.#loaded();
  }

  async find(query: Query, direction: Direction): Promise<void> {
    const wrong = objection(query);
    if (wrong !== null) {
      this.found.value = wrong;
      this.#term.clearSelection();
      (await this.#addon)?.clearDecorations();
      return;
    }
    const addon = await this.#loaded();
    if (!this.open.peek()) return;
    if (addon === null) {
      this.found.value = { kind: 'failed' };
      return;
    }
    if (direction === 'typed') this.#term.clearSelection();
    const options: ISearchOptions = {
      regex: query.regex,
      caseSensitive: query.matchCase,
      decorations: this.#colours(),
    };
    const hit =
      direction === 'next' ? addon.findNext(query.text, options) : addon.findPrevious(query.text, options);
    if (!hit) this.found.value = { kind: 'none' };
  }

  /** The match stays selected, ready to be copied. */
  async close(): Promise<void> {
    this.open.value = false;
    this.found.value = { kind: 'idle' };
    this.#term.focus();
    (await this.#addon)?.clearDecorations();
  }

  #loaded(): Promise<SearchAddon | null> {
    this.#addon ??= this.#load().catch(() => {
      this.#addon = null; // the line may be back at the next try
      return null;
    });
    return this.#addon;
  }

  async #load(): Promise<SearchAddon> {
    const { SearchAddon: Addon } = await import('@xterm/addon-search');
    const addon = new Addon({ highlightLimit: MATCHES_AT_MOST });
    this.#term.loadAddon(addon);
    addon.onDidChangeResults((result) => {
      if (this.open.peek()) this.found.value = foundOf(result);
    });
    return addon;
  }
}
