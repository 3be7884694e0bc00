/** What people expect of a terminal, put on each one of the page. It knows neither socket nor room. */
import { effect, type Signal, signal } from '@preact/signals';
import { render } from 'preact';
import { copyText } from '../../client/clipboard.ts';
import { copySelections, textInSight } from '../../client/comfort/copying.ts';
import { FullWidthTyped, keysFor, type Repair, repairOf } from '../../client/comfort/half-width.ts';
import { HeldKeys } from '../../client/comfort/held-keys.ts';
import { LineNumbers } from '../../client/comfort/line-numbers.ts';
import { besideCursor, type Place, watchRightClick } from '../../client/comfort/menu-trigger.ts';
import { PasteGuard, readClipboard } from '../../client/comfort/paste-guard.ts';
import { TerminalSearch } from '../../client/comfort/search.ts';
import type { Shortcut } from '../../client/comfort/shortcuts.ts';
import { scrollByTouch } from '../../client/comfort/touch-scroll.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { sentences } from '../../client/sentences.ts';
import { looksFullWidth } from '../../client/terminal-replies.ts';
import { dress, type TerminalSettings } from '../../client/terminal-settings.ts';
import { THEMES } from '../../client/terminal-themes.ts';
import type { TerminalView } from '../../client/terminal-view.ts';
import { endToast, toast } from '../../client/toasts.ts';
import { BENCH } from '../../client/words.ts';
import { HALF, MENU, PASTE } from '../../client/words-terminal.ts';
import { SearchBar } from './SearchBar.tsx';

/** Said again only to who has gone on typing so for a while. */
const FULL_WIDTH_EVERY_MS = 30_000;
/** One word of advice about it at a time. */
const FULL_WIDTH = 'full-width';
export interface OpenMenu {
  readonly view: TerminalView;
  readonly at: Place;
  /** Gives the focus back to where it was. */
  readonly back: () => void;
}

export class Comfort {
  readonly settings: TerminalSettings;
  readonly held = new HeldKeys();
  readonly guard: PasteGuard;
  readonly settingsOpen: Signal<boolean> = signal(false);
  readonly menu: Signal<OpenMenu | null> = signal(null);
  readonly driving: () => boolean;
  readonly #searches = new Map<TerminalView, TerminalSearch>();
  #driver = '';
  readonly #fullWidth = new FullWidthTyped({
    offer: (repair) => this.#offerHalfWidth(repair),
    notice: () => this.#sayFullWidth(),
  });
  #typedIn: TerminalView | null = null;
  #copyTold = false;
  #pasteTold = false;
  #fullWidthSaidAt = Number.NEGATIVE_INFINITY;

  constructor(settings: TerminalSettings, driving: () => boolean) {
    this.settings = settings;
    this.driving = driving;
    this.guard = new PasteGuard({
      mayType: driving,
      tooLong: () => toast(MENU.tooLong[lang]),
      moved: () => this.#sayNotPasted(),
    });
  }

  /** `driver`: who has the keyboard now, empty where nobody has. */
  keyboardMoved(driver: string): void {
    this.#driver = driver;
    this.held.release();
    this.guard.keyboardMoved();
    this.#fullWidth.forget();
    endToast(FULL_WIDTH);
  }

  /** A terminal has just been made; what is put on it goes with it. */
  putOn(view: TerminalView): void {
    const { term, box } = view;
    const { settings } = this;
    const numbers = new LineNumbers(term, box);
    const undo = [
      dress(term, settings),
      effect(() => view.setFont(settings.fontPx.value, settings.face.value)),
      effect(() => numbers.show(settings.lineNumbers.value)),
      () => numbers.dispose(),
      this.guard.watch(term, box),
      () => this.guard.forget(term),
      () => this.#typedIn === view && this.#fullWidth.forget(),
      copySelections(term, box, {
        wanted: () => settings.copyOnSelect.peek(),
        copied: () => this.#sayCopied(),
      }),
      scrollByTouch(term, box, () => this.driving()),
      watchRightClick(term, box, (at) => {
        this.menu.value = { view, at, back: () => term.focus() };
      }),
      () => this.#searches.delete(view),
    ];
    term.loadAddon({
      activate: () => undefined,
      dispose: () => {
        for (const one of undo) one();
      },
    });
  }

  shortcut(view: TerminalView, shortcut: Shortcut): void {
    if (shortcut === 'copy') this.copy(view);
    else if (shortcut === 'search') this.search(view);
    else if (shortcut === 'paste-asked') void this.paste(view);
    else if (shortcut === 'menu') {
      const at = besideCursor(view.term, view.box);
      this.menu.value = { view, at, back: () => view.term.focus() };
    }
  }

  /** From outside of the terminal: its focus would call up the keyboard of a phone. */
  openMenu(view: TerminalView, at: Place): void {
    const before = document.activeElement;
    this.menu.value = { view, at, back: () => before instanceof HTMLElement && before.focus() };
  }

  /** Ctrl+V, once: whoever presses it again means the ^V of the terminal. */
  pasteMissed(): boolean {
    if (this.#pasteTold) return false;
    this.#pasteTold = true;
    toast(BENCH.paste[lang]);
    return true;
  }

  search(view: TerminalView): void {
    let search = this.#searches.get(view);
    if (search === undefined) {
      search = new TerminalSearch(view.term, () => THEMES[this.settings.theme.peek()].search);
      this.#searches.set(view, search);
      const place = document.createElement('div');
      view.box.after(place);
      render(<SearchBar search={search} />, place);
    }
    search.show();
  }

  copy({ term }: TerminalView): void {
    if (!term.hasSelection()) return;
    void copyText(term.getSelection()).then((done) =>
      toast(done ? BENCH.copied[lang] : MENU.copyFailed[lang]),
    );
  }

  /** What is in sight, without the blanks behind it. */
  copyScreen({ term }: TerminalView): void {
    void copyText(textInSight(term)).then((done) => toast(done ? BENCH.copied[lang] : MENU.copyFailed[lang]));
  }

  async paste({ term }: TerminalView): Promise<void> {
    const text = await readClipboard();
    term.focus();
    if (text === null) toast(MENU.pasteByKeys[lang]);
    else this.guard.offer(term, text);
  }

  fullWidthTyped(view: TerminalView, data: string): void {
    this.#typedIn = view;
    this.#fullWidth.typed(view.term, data);
  }

  /** Null: nothing stands there that could be typed again. */
  repairable({ term }: TerminalView): Repair | null {
    return this.driving() ? this.#fullWidth.standing(term) : null;
  }

  repair(view: TerminalView): void {
    const repair = this.repairable(view);
    if (repair === null) toast(HALF.late[lang]);
    else view.type(keysFor(repair));
    endToast(FULL_WIDTH);
    view.term.focus();
  }

  /** A line that waits in a field of its own. True: its author is asked first. */
  fullWidthLine(line: string, write: (line: string) => void): boolean {
    if (!looksFullWidth(line)) return false;
    const repair = repairOf(line);
    if (repair === null) {
      this.#sayFullWidth();
      return false;
    }
    toast(sentences(fill(HALF.simple[lang], { typed: line }), HALF.unsent[lang]), {
      text: HALF.repair[lang],
      topic: FULL_WIDTH,
      press: () => write(repair.half),
    });
    return true;
  }

  #offerHalfWidth({ typed }: Repair): void {
    const view = this.#typedIn;
    if (view === null) return;
    toast(fill(HALF.simple[lang], { typed }), {
      text: HALF.repair[lang],
      topic: FULL_WIDTH,
      press: () => this.repair(view),
    });
  }

  #sayFullWidth(): void {
    if (Date.now() - this.#fullWidthSaidAt < FULL_WIDTH_EVERY_MS) return;
    this.#fullWidthSaidAt = Date.now();
    toast(BENCH.fullWidth[lang]);
  }

  #sayNotPasted(): void {
    const name = this.#driver;
    toast(name === '' ? PASTE.movedToNobody[lang] : fill(PASTE.moved[lang], { name }));
  }

  #sayCopied(): void {
    if (this.#copyTold) return;
    this.#copyTold = true;
    toast(MENU.copiedBySelecting[lang]);
  }
}
