/**
 * The terminals of a seat on this page: a view for each, one or two of them in sight. Who drives shows
 * where to look; who watches follows, until they choose for themselves.
 */
import { computed, effect, signal, untracked } from '@preact/signals';
import type { ServerFrame } from '#protocol/frames.ts';
import type { ServerMessage } from '#protocol/messages.ts';
import { fill } from './fill.ts';
import { lang } from './language.ts';
import { TABS_BELOW } from './panes.ts';
import type { RoomSession, TerminalPort } from './room-session.ts';
import { TerminalChoice } from './terminal-choice.ts';
import { type TerminalHost, TerminalView } from './terminal-view.ts';
import { TABS } from './words-tabs.ts';

export interface DeckHost extends TerminalHost {
  /** Bytes that this page never gets. */
  readonly gap: (bytes: number) => void;
  /** Made just now: settings and the like are put on it. */
  readonly made: (view: TerminalView) => void;
}

export class TerminalDeck implements TerminalPort {
  readonly #box: HTMLElement;
  readonly #host: DeckHost;
  readonly #views = signal<ReadonlyMap<number, TerminalView>>(new Map());
  readonly #choice = new TerminalChoice();
  readonly #beside = signal<number | null>(null);
  readonly #narrow = signal(false);
  #session: RoomSession | null = null;

  /** The one that has the attention of this page. */
  readonly focused = computed(() => {
    const views = this.#views.value;
    const chosen = this.#choice.chosen.value;
    const front = this.#choice.front.value;
    if (chosen !== null && views.has(chosen)) return chosen;
    // The one in front has just been closed, and the server is about to say that the last one takes its place.
    return views.has(front) ? front : ([...views.keys()].at(-1) ?? front);
  });
  /** In sight, left to right. */
  readonly shown = computed(() => {
    const beside = this.#beside.value;
    const focused = this.focused.value;
    if (this.#narrow.value || beside === null || beside === focused) return [focused];
    if (!this.#views.value.has(beside)) return [focused];
    return [focused, beside].toSorted((a, b) => a - b);
  });
  readonly isSplit = computed(() => this.shown.value.length > 1);
  /** Looks at another terminal than the driver, by choice. */
  readonly wanders = computed(
    () => this.#choice.chosen.value !== null && this.focused.value !== this.#choice.front.value,
  );

  constructor(box: HTMLElement, host: DeckHost) {
    this.#box = box;
    this.#host = host;
    const narrow = matchMedia(TABS_BELOW);
    this.#narrow.value = narrow.matches;
    narrow.addEventListener('change', () => {
      this.#narrow.value = narrow.matches;
    });
  }

  get view(): TerminalView | null {
    return this.#views.value.get(this.focused.value) ?? null;
  }

  get views(): readonly TerminalView[] {
    return [...this.#views.value.values()];
  }

  follow(session: RoomSession): void {
    this.#session = session;
    effect(() => this.#keepViews(session));
    effect(() => {
      const front = session.front.value;
      untracked(() => this.#choice.frontMoved(front, session.driving));
    });
    const driving = computed(() => session.driving);
    effect(() => {
      if (driving.value) untracked(() => this.#choice.follow()); // begins where everybody looks
    });
    effect(() => this.#arrange());
    effect(() => {
      session.room.value;
      for (const view of this.#views.value.values()) view.keyboardMoved();
    });
  }

  /** This page's choice; the driver's is everybody's. */
  show(terminal: number, { focus } = { focus: true }): void {
    const before = this.focused.peek();
    if (this.#beside.peek() === terminal) this.#beside.value = before;
    this.#choice.choose(terminal);
    if (this.#session?.driving) this.#lead(terminal);
    if (focus) this.focus();
  }

  /** What the program in it calls itself; untrusted text. */
  titleOf(terminal: number): string {
    return this.#views.value.get(terminal)?.title.value ?? '';
  }

  /** Again where the driver is. */
  followFront(): void {
    this.#choice.follow();
    this.focus();
  }

  /** Two side by side: the focused one and the one after it. */
  split(on: boolean): void {
    const focused = this.focused.peek();
    const others = [...this.#views.peek().keys()].filter((terminal) => terminal !== focused);
    const next = others.find((terminal) => terminal > focused) ?? others.at(-1) ?? null;
    this.#beside.value = on ? next : null;
  }

  focus(): void {
    queueMicrotask(() => this.view?.term.focus());
  }

  /** Types for the driver, into the terminal that has the attention. */
  type(data: string): void {
    this.view?.type(data);
  }

  resume(): Readonly<Record<number, number>> {
    const all: Record<number, number> = {};
    for (const { number, stream } of this.#views.peek().values())
      if (stream.next !== null) all[number] = stream.next;
    return all;
  }

  frame(frame: ServerFrame): void {
    const stream = this.#views.peek().get(frame.terminal)?.stream;
    if (stream === undefined) return; // of one that has just been closed
    if (frame.kind === 'output') stream.output(frame);
    else {
      stream.snapshot(frame);
      if (frame.gap > 0) this.#host.gap(frame.gap);
    }
  }

  sized(message: Extract<ServerMessage, { t: 'resumed' | 'resized' }>): void {
    const stream = this.#views.peek().get(message.terminal)?.stream;
    if (message.t === 'resumed') stream?.resumed(message.from);
    else stream?.resized(message);
  }

  /** The letters came after the terminals. */
  faceCame(): void {
    for (const view of this.#views.peek().values()) view.faceCame();
  }

  welcomed(): void {
    const unheard = this.#choice.unheard();
    if (unheard !== null && this.#session?.driving) this.#lead(unheard);
    for (const view of this.#views.peek().values()) view.welcomed();
  }

  #lead(terminal: number): void {
    this.#choice.said(terminal);
    this.#host.send({ t: 'front', terminal });
  }

  #keepViews(session: RoomSession): void {
    const before = this.#views.peek();
    const numbers = session.terminals.value.map(({ terminal }) => terminal);
    const after = new Map(numbers.map((number) => [number, before.get(number) ?? this.#make(number)]));
    for (const [number, view] of before) if (!after.has(number)) this.#drop(view);
    this.#views.value = after;
    [...after.values()].forEach((view, at) => {
      // By its place in the row of tabs, which changes when another one is closed.
      view.term.textarea?.setAttribute('aria-label', fill(TABS.field[lang], { n: at + 1 }));
    });
  }

  #make(number: number): TerminalView {
    const pane = document.createElement('div');
    pane.className = 'terminal-pane';
    pane.dataset.terminal = String(number);
    pane.role = 'tabpanel';
    pane.id = paneId(number);
    pane.setAttribute('aria-labelledby', tabId(number));
    pane.hidden = true;
    this.#box.append(pane);
    pane.addEventListener('focusin', () => {
      if (this.focused.peek() !== number) this.show(number, { focus: false });
    });
    const view = new TerminalView(number, pane, this.#host);
    this.#host.made(view);
    return view;
  }

  #drop(view: TerminalView): void {
    view[Symbol.dispose]();
    view.pane.remove();
  }

  #arrange(): void {
    const shown = this.shown.value;
    const focused = this.focused.value;
    this.#box.classList.toggle('is-split', shown.length > 1);
    const at = document.activeElement;
    const views = [...this.#views.value.values()];
    const leaves = views.some(({ number, pane }) => !shown.includes(number) && pane.contains(at));
    for (const { number, pane } of views) {
      pane.hidden = !shown.includes(number);
      pane.classList.toggle('is-focused', number === focused && shown.length > 1);
    }
    if (leaves) this.focus(); // goes on in the one that took its place
  }
}

export function tabId(terminal: number): string {
  return `terminal-tab-${terminal}`;
}

export function paneId(terminal: number): string {
  return `terminal-pane-${terminal}`;
}
