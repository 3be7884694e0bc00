/** One terminal on the page: xterm.js, fed by offset, answering only for the driver. It knows no room. */

import type { Signal } from '@preact/signals';
import { FitAddon } from '@xterm/addon-fit';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import type { OutputFrame } from '#protocol/frames.ts';
import { ACK_EVERY_BYTES, INPUT_BYTES } from '#protocol/limits.ts';
import type { ClientMessage, ServerMessage, TerminalInfo } from '#protocol/messages.ts';
import { AckMeter } from './ack-meter.ts';
import { copyText } from './clipboard.ts';
import { followInputMethod } from './input-method.ts';
import { KeyJoiner } from './key-joiner.ts';
import { place } from './output-order.ts';
import { RecentKeys } from './recent-keys.ts';
import { CELL_RATIO, FACE, hasGpu, LINE_HEIGHT, NIGHT } from './terminal-look.ts';
import { guardReplies, isReport, looksFullWidth } from './terminal-replies.ts';
import { bounded, type Cells, fontSizeFor, tooSmallToShare } from './terminal-size.ts';

export interface TerminalHost {
  readonly send: (message: ClientMessage) => boolean;
  readonly driving: () => boolean;
  readonly epoch: () => number;
  /** Nobody else is looking: the window may decide the size at once. */
  readonly aloneHere: () => boolean;
  readonly openLink: (uri: string) => void;
  readonly fullWidthTyped: () => void;
  readonly copied: () => void;
  /** Ctrl+V means another thing in a terminal than on a page. */
  readonly pasteMissed: () => void;
  /** Held on the key bar: the next letter goes with Ctrl. */
  readonly ctrl: Signal<boolean>;
  /** Told: letters are scaled to the cells of another window. */
  readonly scaled: Signal<boolean>;
}

const IDLE_ACK_MS = 60;
const SIZE_AFTER_MS = 120;
/** Keys of somebody who does not drive go to the server to be refused, but not at the rate of a repeat. */
const REFUSAL_EVERY_MS = 600;
/** The shell outlives the page; only what is being typed at this moment could be missed. */
const TYPING_MS = 3000;
const SCROLLBACK_LINES = 5000;

export class TerminalView {
  readonly term: Terminal;
  readonly #host: TerminalHost;
  readonly #box: HTMLElement;
  readonly #fit = new FitAddon();
  readonly #acks = new AckMeter(ACK_EVERY_BYTES);
  readonly #keys = new RecentKeys();
  readonly #typed = new KeyJoiner((keys) => this.#sendNow(keys));
  #number = 0;
  #next: number | null = null;
  #replaying = 0;
  #i = 0;
  #typedAt = Number.NEGATIVE_INFINITY;
  #pasteTold = false;
  #wasDriving = false;
  /** This window's size is the terminal's size. */
  #owns = false;
  #cells: Cells | null = null;
  #chosenPx: number;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #sizing: ReturnType<typeof setTimeout> | undefined;
  #refusedAt = 0;

  constructor(box: HTMLElement, host: TerminalHost, fontPx: number, screenReader: boolean) {
    this.#box = box;
    this.#host = host;
    this.#chosenPx = fontPx;
    const openLink = (_: MouseEvent, uri: string) => host.openLink(uri);
    this.term = new Terminal({
      allowProposedApi: true, // the grapheme addon registers its widths through it
      convertEol: false,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      customGlyphs: true,
      fontFamily: FACE,
      fontSize: fontPx,
      fontWeight: 400,
      fontWeightBold: 600,
      lineHeight: LINE_HEIGHT,
      linkHandler: { activate: openLink },
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: false,
      screenReaderMode: screenReader,
      scrollback: SCROLLBACK_LINES,
      theme: NIGHT,
    });
    this.term.loadAddon(this.#fit);
    this.term.loadAddon(new UnicodeGraphemesAddon());
    this.term.loadAddon(new WebLinksAddon(openLink));
    guardReplies(this.term, () => this.#replaying > 0 || !host.driving());
    this.term.attachCustomKeyEventHandler((event) => this.#key(event));
    this.term.onData((data) => this.#data(data));
    this.term.onBinary((data) => this.#data(data));
    this.term.open(box);
    followInputMethod(this.term, box);
    void this.#useGpu();
    new ResizeObserver(() => this.#windowChanged()).observe(box);
    window.addEventListener('beforeunload', (event) => {
      if (Date.now() - this.#typedAt < TYPING_MS && host.driving()) event.preventDefault();
    });
  }

  /** Offset up to which everything was handed to xterm; for the next hello. */
  resume(): Readonly<Record<number, number>> {
    return this.#next === null ? {} : { [this.#number]: this.#next };
  }

  screen(message: Extract<ServerMessage, { t: 'snapshot' | 'resumed' }>): void {
    this.#number = message.terminal;
    if (message.t === 'resumed') {
      // Also after a server that lost its ring: what follows is placed by offset, or is a gap.
      this.#next ??= message.from;
      return;
    }
    this.#cells = { cols: message.cols, rows: message.rows };
    this.#resize(this.#cells);
    this.#next = message.offset;
    this.#acks.restart(message.offset);
    this.#replaying += 1;
    // RIS travels in the stream, so that bytes still waiting to be parsed are wiped too.
    this.term.write(`\x1bc${message.vt}`, () => {
      this.#replaying -= 1;
      this.#ack(message.offset, true);
    });
    this.#windowChanged();
  }

  output(frame: OutputFrame): boolean {
    if (frame.terminal !== this.#number) return true;
    const placed = place(this.#next, frame.offset, frame.bytes);
    if (placed.kind === 'gap') {
      this.#next = null; // ask for a fresh screen
      return false;
    }
    if (placed.kind === 'old') return true;
    this.#next = placed.next;
    const end = placed.next;
    if (this.#acks.wrote(end)) this.term.write(placed.bytes, () => this.#ack(end));
    else {
      this.term.write(placed.bytes);
      this.#idle ??= setTimeout(() => this.#pause(), IDLE_ACK_MS);
    }
    return true;
  }

  /** The size that the pty has now. */
  info(info: TerminalInfo): void {
    this.#number = info.terminal;
    this.#cells = { cols: info.cols, rows: info.rows };
    this.#resize(this.#cells);
    this.#windowChanged();
  }

  /** After a welcome: keys that the network may have eaten, while they are still fresh. */
  welcomed(): void {
    for (const { epoch, i, data } of this.#keys.fresh(Date.now(), this.#host.epoch())) {
      this.#host.send({ t: 'input', terminal: this.#number, epoch, i, data });
    }
  }

  keyboardMoved(): void {
    const driving = this.#host.driving();
    if (driving === this.#wasDriving) return;
    this.#wasDriving = driving;
    this.#owns = driving && (this.#host.aloneHere() || this.#cells === null || tooSmallToShare(this.#cells));
    this.#windowChanged();
  }

  /** 「この画面の大きさにする」 */
  adopt(): void {
    this.#owns = true;
    this.#windowChanged();
    this.term.focus();
  }

  /** Types for the driver: a click on `<Run>`, the key bar of a phone. */
  type(data: string): void {
    this.#send(data);
    this.term.scrollToBottom();
  }

  setFontSize(px: number): void {
    this.#chosenPx = px;
    this.#windowChanged();
  }

  #data(data: string): void {
    if (!this.#host.driving()) {
      const now = Date.now();
      if (isReport(data) || now - this.#refusedAt < REFUSAL_EVERY_MS) return;
      this.#refusedAt = now;
    } else {
      if (!isReport(data)) this.#typedAt = Date.now();
      if (looksFullWidth(data)) this.#host.fullWidthTyped();
    }
    this.#send(this.#withCtrl(data));
  }

  #withCtrl(data: string): string {
    if (!this.#host.ctrl.peek() || isReport(data)) return data;
    this.#host.ctrl.value = false;
    const code = data.toUpperCase().charCodeAt(0);
    // @ to _ are 64 to 95; Ctrl takes 64 away.
    return data.length === 1 && code >= 64 && code <= 95 ? String.fromCharCode(code - 64) : data;
  }

  #send(data: string): void {
    this.#typed.add(data);
  }

  #sendNow(data: string): void {
    const epoch = this.#host.epoch();
    for (const piece of pieces(data)) {
      this.#i += 1;
      if (this.#host.driving()) this.#keys.add({ epoch, i: this.#i, data: piece, at: Date.now() });
      this.#host.send({ t: 'input', terminal: this.#number, epoch, i: this.#i, data: piece });
    }
  }

  #pause(): void {
    this.#idle = undefined;
    const end = this.#next;
    if (end !== null && this.#acks.pause()) this.term.write('', () => this.#ack(end));
  }

  #ack(end: number, always = false): void {
    const offset = this.#acks.parsed(end) ?? (always ? end : null);
    if (offset !== null) this.#host.send({ t: 'ack', terminal: this.#number, offset });
  }

  /** False: xterm leaves the key to the browser and the page. */
  #key(event: KeyboardEvent): boolean {
    if (event.key === 'F6' || event.key === 'F8') return false;
    if (!event.ctrlKey || event.altKey) return true;
    if (event.code === 'KeyV' && !event.shiftKey && event.type === 'keydown' && !this.#pasteTold) {
      // Once: whoever presses it again means the ^V of the terminal.
      event.preventDefault();
      this.#pasteTold = true;
      this.#host.pasteMissed();
      return false;
    }
    if (!event.shiftKey) return true;
    if (event.code === 'KeyV') return false; // the browser pastes, xterm hears the paste
    if (event.code !== 'KeyC') return true;
    event.preventDefault();
    if (event.type === 'keydown' && this.term.hasSelection()) {
      void copyText(this.term.getSelection()).then((done) => done && this.#host.copied());
    }
    return false;
  }

  #windowChanged(): void {
    clearTimeout(this.#sizing);
    this.#sizing = setTimeout(() => this.#applySize(), SIZE_AFTER_MS);
  }

  #applySize(): void {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width < 40 || height < 40) return; // the other tab of a phone is shown
    if (!this.#owns || !this.#host.driving()) {
      if (this.#cells === null) return;
      this.#host.scaled.value = true;
      const cell = { widthPerPx: CELL_RATIO, heightPerPx: LINE_HEIGHT * 1.2 };
      this.term.options.fontSize = fontSizeFor(this.#cells, width - 24, height - 16, cell);
      return;
    }
    this.#host.scaled.value = false;
    this.term.options.fontSize = this.#chosenPx;
    const proposed = this.#fit.proposeDimensions();
    if (proposed === undefined || Number.isNaN(proposed.cols)) return;
    const cells = bounded(proposed);
    if (cells.cols === this.#cells?.cols && cells.rows === this.#cells.rows) return;
    this.#cells = cells;
    this.#resize(cells);
    this.#host.send({ t: 'size', terminal: this.#number, ...cells });
  }

  #resize({ cols, rows }: Cells): void {
    if (cols !== this.term.cols || rows !== this.term.rows) this.term.resize(cols, rows);
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

/** A long paste in messages that the server takes; never cut inside a character. */
function pieces(data: string): readonly string[] {
  const most = INPUT_BYTES / 4; // UTF-8 takes at most four bytes for what JavaScript counts as one or two
  if (data.length <= most) return [data];
  const all: string[] = [];
  let piece = '';
  for (const letter of data) {
    if (piece.length + letter.length > most) {
      all.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...all, piece];
}
