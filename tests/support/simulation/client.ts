/** A browser's tab in the simulation: the page's own stream, typing and answers over a line that can fail. */
import {
  type AckFrame,
  decodeClientFrame,
  decodeServerFrame,
  type InputFrame,
  type ServerFrame,
} from '#protocol/frames.ts';
import type { ClientMessage, ServerMessage } from '#protocol/messages.ts';
import { guardReplies } from '../../../src/client/terminal-replies.ts';
import { Typing } from '../../../src/client/typing.ts';
import type { ManualClock } from '../manual-clock.ts';
import { WatchedTerminal } from '../watched-terminal.ts';
import type { Delays, Down, Hands, Link } from './link.ts';
import { SeenScreen } from './seen-screen.ts';

/** Browsers run the timers of a hidden tab once a second. */
const THROTTLED_MS = 1000;

export interface SimulatedRoom {
  /** Opens a connection, and says hello on it. */
  connect(client: SimulatedClient, delays: Delays, resume: Readonly<Record<number, number>>): Link;
  message(link: Link, message: ClientMessage): void;
  frame(link: Link, frame: InputFrame | AckFrame): void;
  /** The client's end is gone; the server notices after so long. */
  gone(link: Link, noticedAfter: number): void;
}

interface View {
  readonly watched: WatchedTerminal;
  readonly screen: SeenScreen;
  readonly typing: Typing;
}

/** A key that somebody pressed. */
export interface Pressed {
  readonly key: number;
  readonly terminal: number;
  readonly epoch: number;
  readonly driving: boolean;
  readonly at: number;
  /** Nobody is to blame when it never arrives: it was too old when the line came back, or had no reader. */
  expired: boolean;
}

export class SimulatedClient {
  readonly person: string;
  readonly pressed: Pressed[] = [];
  views = new Map<number, View>();
  /** Of pages that were reloaded since. */
  readonly past: View[] = [];
  tab: string;
  hands: Hands = { driver: null, epoch: 0 };
  hidden = false;
  /** Something happened to it, or to its line. */
  disturbed = false;
  broken = 0;
  link: Link | null = null;
  #welcomed = false;
  #pages = 1;
  #acks = true;
  #busy = false;
  #reads = true;
  #lastKeys: InputFrame | null = null;
  readonly #name: string;
  readonly #room: SimulatedRoom;
  readonly #clock: ManualClock;
  readonly delays: Delays;

  constructor(
    name: string,
    person: string,
    delays: Delays,
    { room, clock }: { readonly room: SimulatedRoom; readonly clock: ManualClock },
  ) {
    this.#name = name;
    this.person = person;
    this.tab = `${name}-1`;
    this.delays = delays;
    this.#room = room;
    this.#clock = clock;
  }

  get driving(): boolean {
    return this.hands.driver === this.person;
  }

  get connected(): boolean {
    return this.#welcomed;
  }

  connect(): void {
    if (this.link !== null) return;
    const known = [...this.views].flatMap(([number, { watched }]) =>
      watched.stream.next === null ? [] : [[number, watched.stream.next] as const],
    );
    const link = this.#room.connect(this, this.delays, Object.fromEntries(known));
    this.link = link;
    link.reading = this.#reads;
    link.receive = (packet) => {
      if (this.link === link) this.#receive(packet);
    };
  }

  /** The line ends without a word. */
  drop({ lateBy, noticedAfter }: { readonly lateBy: number | null; readonly noticedAfter: number }): void {
    const { link } = this;
    if (link === null) return;
    this.link = null;
    this.#welcomed = false;
    link.cut(lateBy);
    // An end is noticed after all that came before it.
    this.#room.gone(link, noticedAfter + this.delays.up + (lateBy ?? 0));
  }

  /** The same person, another tab as far as the server can tell. */
  reload(noticedAfter: number): void {
    this.drop({ lateBy: null, noticedAfter });
    for (const pressed of this.pressed) pressed.expired = true;
    this.past.push(...this.views.values());
    this.#lastKeys = null; // of another connection: no packet of it comes on this one
    this.views = new Map();
    this.#pages += 1;
    this.tab = `${this.#name}-${this.#pages}`;
    this.connect();
  }

  press(terminal: number, keys: readonly number[]): void {
    const view = this.views.get(terminal);
    if (view === undefined) return;
    for (const key of keys) {
      const { driving } = this;
      const { epoch } = this.hands;
      this.pressed.push({ key, terminal, epoch, driving, at: this.#clock.now(), expired: false });
      view.typing.keys(`k${key};`);
    }
  }

  say(message: ClientMessage): void {
    const { link } = this;
    if (link !== null && this.#welcomed) link.up(() => this.#room.message(link, message));
  }

  set reads(on: boolean) {
    this.#reads = on;
    if (this.link !== null) this.link.reading = on;
  }

  set busy(on: boolean) {
    this.#busy = on;
    for (const { screen } of this.views.values()) {
      screen.parses = !on;
      screen.parse();
    }
  }

  set acks(on: boolean) {
    this.#acks = on;
    for (const { watched } of this.views.values()) watched.acks = on;
  }

  show(on: boolean): void {
    this.hidden = !on;
    this.say({ t: 'visible', on });
  }

  /** What it wrote itself parses at once. */
  parse(): void {
    for (const { screen } of this.views.values()) screen.parse();
  }

  /** A screen is being unpacked: real time passes. */
  get unpackingNow(): boolean {
    return [...this.views.values()].some(({ screen }) => screen.unpacking > 0);
  }

  /** Up to where it has everything, parsed. */
  next(terminal: number): number | null {
    const view = this.views.get(terminal);
    if (view === undefined || !view.screen.idle || view.screen.unpacking > 0) return null;
    return view.watched.stream.next;
  }

  /** The last frame with keys comes again, as late packets do. */
  repeat(): void {
    const { link } = this;
    const last = this.#lastKeys;
    if (link !== null && last !== null && this.#welcomed) link.up(() => this.#room.frame(link, last));
  }

  /** Acknowledges again; what it kept to itself, only a new connection makes good. */
  heal(): void {
    if (!this.#acks) {
      this.acks = true;
      this.drop({ lateBy: 0, noticedAfter: 0 });
    }
    this.connect();
  }

  #receive(packet: Down): void {
    switch (packet.kind) {
      case 'welcome':
        this.#welcome(packet);
        return;
      case 'keyboard':
        this.hands = packet.keyboard;
        return;
      case 'message':
        this.#hear(packet.message);
        return;
      default: {
        const frame = decodeServerFrame(packet.bytes);
        if (frame !== null) this.#take(frame);
      }
    }
  }

  #welcome({ keyboard, terminals }: Extract<Down, { kind: 'welcome' }>): void {
    this.#welcomed = true;
    if (this.link !== null) this.link.welcomedAt = this.#clock.now();
    this.hands = keyboard;
    for (const pressed of this.pressed) if (this.#clock.now() - pressed.at >= 2000) pressed.expired = true;
    for (const number of this.views.keys()) if (!terminals.includes(number)) this.views.delete(number);
    for (const number of terminals) this.#view(number);
    for (const { typing } of this.views.values()) typing.again();
    this.say({ t: 'visible', on: !this.hidden });
  }

  #hear(message: ServerMessage): void {
    if (message.t === 'terminal') this.#view(message.info.terminal);
    if (message.t === 'closed') this.views.delete(message.terminal);
    if (message.t === 'resumed' || message.t === 'resized') {
      const view = this.views.get(message.terminal);
      view?.watched.sized(message);
      view?.screen.parse();
    }
  }

  #take(frame: ServerFrame): void {
    const view = this.views.get(frame.terminal);
    if (view === undefined) return;
    if (frame.kind === 'snapshot') view.screen.expect(frame.offset);
    view.watched.take(frame);
    view.screen.parse();
  }

  #view(number: number): View {
    const known = this.views.get(number);
    if (known !== undefined) return known;
    const made = this.#make(number);
    this.views.set(number, made);
    return made;
  }

  #make(number: number): View {
    const seen: SeenScreen[] = [];
    // A page that was left says nothing more.
    const here = () => this.views.get(number)?.watched === watched;
    const line = {
      send: (bytes: Uint8Array) => here() && this.#frame(bytes),
      broken: () => here() && this.#brokenStream(),
    };
    const after = (ms: number, task: () => void) => {
      this.#clock.after(this.hidden ? Math.max(ms, THROTTLED_MS) : ms, () => {
        task();
        this.parse();
      });
    };
    const watched: WatchedTerminal = new WatchedTerminal(number, line, after, (terminal) => {
      const screen = new SeenScreen(terminal);
      seen.push(screen);
      return screen;
    });
    const [screen] = seen;
    if (screen === undefined) throw new Error('the stream has no screen');
    const send = (bytes: Uint8Array) => {
      if (here()) this.#frame(bytes);
      return here();
    };
    const host = { send, driving: () => this.driving, epoch: () => this.hands.epoch };
    const typing = new Typing(number, host, this.#clock);
    const silent = () => watched.stream.replaying || !this.driving;
    const { answering } = guardReplies(watched.screen, silent);
    watched.screen.onData((data) => {
      if (answering() && this.driving) typing.answer(new TextEncoder().encode(data));
    });
    watched.acks = this.#acks;
    screen.parses = !this.#busy;
    return { watched, screen, typing };
  }

  #frame(bytes: Uint8Array): void {
    const { link } = this;
    const frame = decodeClientFrame(bytes);
    if (link === null || frame === null || !this.#welcomed) return;
    if (frame.kind === 'input' && !frame.answer) this.#lastKeys = frame;
    link.up(() => this.#room.frame(link, frame));
  }

  #brokenStream(): void {
    this.broken += 1;
    this.drop({ lateBy: 0, noticedAfter: 0 });
    this.connect();
  }
}
