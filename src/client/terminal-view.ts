/** One terminal on the page: xterm.js, fed by its stream, answering only for the driver. It knows no room. */

import { signal } from '@preact/signals';
import { FitAddon } from '@xterm/addon-fit';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { encodeAck } from '#protocol/frames.ts';
import type { ClientMessage } from '#protocol/messages.ts';
import { boundTerminal, widthsOf } from '#protocol/terminal-bounds.ts';
import { type Shortcut, shortcutOf } from './comfort/shortcuts.ts';
import { followComposition, followInputMethod } from './input-method.ts';
import { lang } from './language.ts';
import { cellOf, type FaceName, hasGpu, LINE_HEIGHT } from './terminal-look.ts';
import { guardReplies, isReport, looksFullWidth } from './terminal-replies.ts';
import { bounded, type Cells, fontSizeFor, tooSmallToShare } from './terminal-size.ts';
import { TerminalStream } from './terminal-stream.ts';
import { Typing } from './typing.ts';
import { XTERM } from './words-tabs.ts';

export interface TerminalHost {
  readonly send: (message: ClientMessage) => void;
  /** False when there is no line. */
  readonly sendFrame: (frame: Uint8Array<ArrayBuffer>) => boolean;
  /** What was typed while there was no line is too old to be sent. */
  readonly keysLost: () => void;
  readonly driving: () => boolean;
  readonly epoch: () => number;
  /** Nobody else is looking: the window may decide the size at once. */
  readonly aloneHere: () => boolean;
  readonly openLink: (uri: string) => void;
  readonly fullWidthTyped: (view: TerminalView, data: string) => void;
  /** Keys that mean something to the page; what is neither a paste nor the page's own is done by the host. */
  readonly shortcut: (view: TerminalView, shortcut: Shortcut) => void;
  /** Ctrl+V means another thing in a terminal than on a page. True: said so, and the key is used up. */
  readonly pasteMissed: () => boolean;
  /** Output is missing or makes no sense: the line has to begin anew. */
  readonly broken: () => void;
  /** What a key sends, with Ctrl or Alt of the key bar if they are held; they are let go by it. */
  readonly held: (data: string) => string;
}

const SIZE_AFTER_MS = 120;
/** A size that was asked for is there by then, unless another window decides it. */
const ANSWERED_WITHIN_MS = 600;
/** Keys of somebody who does not drive go to the server to be refused, but not at the rate of a repeat. */
const REFUSAL_EVERY_MS = 600;
/** The shell outlives the page; only what is being typed at this moment could be missed. */
const TYPING_MS = 3000;
const SCROLLBACK_LINES = 5000;

Terminal.strings.promptLabel = XTERM.field[lang];
Terminal.strings.tooMuchOutput = XTERM.tooMuch[lang];

export class TerminalView {
  readonly number: number;
  /** Its part of the page, and in it the place of xterm.js, beside which other things may stand. */
  readonly pane: HTMLElement;
  readonly box = document.createElement('div');
  readonly term: Terminal;
  readonly stream: TerminalStream;
  /** The program's own title; empty when it gave none. Untrusted text. */
  readonly title = signal('');
  /** Letters are scaled to the cells of another window. */
  readonly scaled = signal(false);
  /** The cells that the terminal has. */
  readonly cells = signal<Cells | null>(null);
  readonly #host: TerminalHost;
  readonly #fit = new FitAddon();
  readonly #typing: Typing;
  readonly #answering: () => boolean;
  readonly #observer = new ResizeObserver(() => this.windowChanged());
  #typedAt = Number.NEGATIVE_INFINITY;
  #wasDriving = false;
  /** This window's size is the terminal's size. */
  #owns = false;
  /** What was asked of the server last. */
  #asked: Cells | null = null;
  #chosenPx = 0;
  #face: FaceName = 'plus';
  #sizing: ReturnType<typeof setTimeout> | undefined;
  #refusedAt = 0;

  constructor(number: number, pane: HTMLElement, host: TerminalHost) {
    this.number = number;
    this.pane = pane;
    this.box.className = 'terminal-screen';
    pane.append(this.box);
    this.#host = host;
    const openLink = (_: MouseEvent, uri: string) => host.openLink(uri);
    this.term = new Terminal({
      allowProposedApi: true, // widths of graphemes are registered through it
      convertEol: false,
      customGlyphs: true,
      fontWeight: 400,
      fontWeightBold: 600,
      lineHeight: LINE_HEIGHT,
      logLevel: 'off', // a learner's output may be nonsense, and each piece of it would fill the console
      linkHandler: { activate: openLink },
      rightClickSelectsWord: false,
      scrollback: SCROLLBACK_LINES,
    });
    this.stream = new TerminalStream(this.term, {
      acknowledge: (offset) => host.sendFrame(encodeAck(number, offset)),
      sized: (cells) => {
        this.cells.value = cells;
        this.windowChanged();
      },
      broken: () => host.broken(),
      after: (ms, task) => setTimeout(task, ms),
    });
    this.#typing = new Typing(number, {
      send: (frame) => host.sendFrame(frame),
      driving: () => host.driving(),
      epoch: () => host.epoch(),
    });
    this.term.loadAddon(this.#fit);
    boundTerminal(this.term, widthsOf(new UnicodeGraphemesAddon()));
    this.term.loadAddon(new WebLinksAddon(openLink));
    const silent = () => this.stream.replaying || !host.driving();
    this.#answering = guardReplies(this.term, silent).answering;
    this.term.attachCustomKeyEventHandler((event) => this.#key(event));
    this.term.onData((data) => this.#data(data));
    this.term.onBinary((data) =>
      this.#typing.answer(Uint8Array.from(data, (letter) => letter.charCodeAt(0))),
    );
    this.term.onTitleChange((title) => {
      this.title.value = title;
    });
    this.term.open(this.box);
    followInputMethod(this.term, this.box);
    followComposition(this.box, (on) => {
      if (host.driving()) host.send({ t: 'composing', on });
    });
    void this.#useGpu();
    this.#observer.observe(this.box);
    window.addEventListener('beforeunload', this.#leaving);
  }

  /** The line is new: the server knows neither the keys that were on their way, nor this window's size. */
  welcomed(): void {
    if (this.#typing.again()) this.#host.keysLost();
    this.#asked = null;
    this.windowChanged();
  }

  keyboardMoved(): void {
    const driving = this.#host.driving();
    if (driving === this.#wasDriving) return;
    this.#wasDriving = driving;
    const cells = this.cells.peek();
    this.#owns = driving && (this.#host.aloneHere() || cells === null || tooSmallToShare(cells));
    this.windowChanged();
  }

  /** 「この画面の大きさにする」 */
  adopt(): void {
    this.#owns = true;
    this.windowChanged();
    this.term.focus();
  }

  /** Types for the driver: a click on `<Run>`, the key bar of a phone. */
  type(data: string): void {
    this.#typing.keys(data);
    this.term.scrollToBottom();
  }

  setFont(px: number, face: FaceName): void {
    this.#chosenPx = px;
    this.#face = face;
    this.windowChanged();
  }

  /** The face is here, and the cells were measured without it. */
  faceCame(): void {
    const { fontFamily } = this.term.options;
    if (fontFamily === undefined) return;
    this.term.options.fontFamily = 'monospace'; // the same one again would be no change, and not be measured
    this.term.options.fontFamily = fontFamily;
    this.term.clearTextureAtlas();
    this.windowChanged();
  }

  /** The room for the terminal, or what it is made of, has changed. */
  windowChanged(): void {
    clearTimeout(this.#sizing);
    this.#sizing = setTimeout(() => this.#applySize(), SIZE_AFTER_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#sizing);
    this.#observer.disconnect();
    window.removeEventListener('beforeunload', this.#leaving);
    this.term.dispose();
  }

  readonly #leaving = (event: BeforeUnloadEvent): void => {
    if (Date.now() - this.#typedAt < TYPING_MS && this.#host.driving()) event.preventDefault();
  };

  #data(data: string): void {
    if (this.#answering() || isReport(data)) {
      // A screen that is drawn again may switch reports on, and the first one comes at once.
      if (this.#host.driving() && !this.stream.replaying) this.#typing.answer(new TextEncoder().encode(data));
      return;
    }
    if (!this.#host.driving()) {
      const now = Date.now();
      if (now - this.#refusedAt < REFUSAL_EVERY_MS) return;
      this.#refusedAt = now;
    } else {
      this.#typedAt = Date.now();
      if (looksFullWidth(data)) this.#host.fullWidthTyped(this, data);
    }
    this.#typing.keys(this.#host.held(data));
  }

  /** False: xterm leaves the key to the browser and the page. */
  #key(event: KeyboardEvent): boolean {
    const shortcut = shortcutOf(event);
    if (shortcut === null) return true;
    if (shortcut === 'page' || shortcut === 'paste') return false; // the browser pastes, and we hear the paste
    const down = event.type === 'keydown';
    if (shortcut === 'paste-missed') {
      if (!down || !this.#host.pasteMissed()) return true;
    } else if (down) this.#host.shortcut(this, shortcut);
    event.preventDefault();
    return false;
  }

  /** The cells that there is room for, in letters of the chosen size. */
  #proposed(): Cells | null {
    this.term.options.fontSize = this.#chosenPx;
    const proposed = this.#fit.proposeDimensions();
    return proposed === undefined || Number.isNaN(proposed.cols) ? null : proposed;
  }

  #applySize(): void {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width < 40 || height < 40) return; // another tab is shown
    const cells = this.cells.peek();
    if (!this.#owns || !this.#host.driving()) {
      this.#asked = null;
      if (cells === null) return;
      const fits = this.#host.driving() && same(bounded(this.#proposed() ?? cells), cells);
      this.scaled.value = !fits;
      this.term.options.fontSize = fits ? this.#chosenPx : this.#fontFor(cells);
      return;
    }
    this.scaled.value = false;
    const proposed = this.#proposed();
    if (proposed === null) return;
    const wanted = bounded(proposed);
    if (!same(wanted, this.#asked)) {
      // The screen follows when the answer comes, at its place in the output.
      this.#asked = wanted;
      this.#host.send({ t: 'size', terminal: this.number, ...wanted });
      this.#sizing = setTimeout(() => this.#applySize(), ANSWERED_WITHIN_MS);
    } else if (cells !== null && !same(wanted, cells)) {
      // Another window of the same person typed last: its cells count until this one types.
      this.term.options.fontSize = this.#fontFor(cells);
    }
  }

  #fontFor(cells: Cells): number {
    const { clientWidth: width, clientHeight: height } = this.box;
    return fontSizeFor(cells, width - 24, height - 16, cellOf(this.#face));
  }

  async #useGpu(): Promise<void> {
    if (!hasGpu()) return;
    const { WebglAddon } = await import('@xterm/addon-webgl');
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    try {
      this.term.loadAddon(webgl);
    } catch {
      webgl.dispose(); // the DOM renderer goes on
    }
  }
}

function same(a: Cells, b: Cells | null): boolean {
  return a.cols === b?.cols && a.rows === b.rows;
}
