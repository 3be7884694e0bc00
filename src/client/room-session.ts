/** The live room as signals, and what a person can do in it. It joins the socket and the replica. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { OutputFrame } from '#protocol/frames.ts';
import {
  type AttemptView,
  type AwsView,
  type ClientMessage,
  PROTOCOL_VERSION,
  type Refusal,
  type ServerMessage,
  type TerminalInfo,
} from '#protocol/messages.ts';
import type { PersonOp, RoomState } from '#protocol/room-state.ts';
import { lang } from './language.ts';
import { advance } from './replica.ts';
import { type Line, RoomSocket } from './socket.ts';

/** What the terminal's view takes from the socket, and tells it. */
export interface TerminalPort {
  /** Offsets up to which it has everything, by terminal. */
  readonly resume: () => Readonly<Record<number, number>>;
  readonly screen: (message: Extract<ServerMessage, { t: 'snapshot' | 'resumed' }>) => void;
  /** False when bytes are missing. */
  readonly output: (frame: OutputFrame) => boolean;
  readonly welcomed: () => void;
}

type Welcome = Extract<ServerMessage, { t: 'welcome' }>;
/** Told to whoever asked and did not hear in time; nothing is known about the outcome. */
const NO_ANSWER_MS = 8000;

export class RoomSession {
  readonly id: string;
  readonly line = signal<Line>({ status: 'connecting' });
  readonly room = signal<RoomState | null>(null);
  readonly you = signal<string>('');
  readonly attempt = signal<AttemptView | null>(null);
  readonly aws = signal<AwsView | null>(null);
  readonly terminal = signal<TerminalInfo | null>(null);
  readonly lost = signal<Welcome['lost']>(null);
  /** Welcomes so far: 2 and more mean that somebody came back. */
  readonly welcomes = signal(0);
  /** The latest refusal of keys, as an event: each is a new object. */
  readonly refused = signal<Refusal | null>(null);

  /** Server's clock minus ours. */
  #clock = 0;
  #n = 0;
  readonly #tab = crypto.getRandomValues(new Uint32Array(2)).join('-');
  readonly #waiting = new Map<number, (refusal: Refusal | null) => void>();
  readonly #port: TerminalPort;
  readonly #socket: RoomSocket;

  constructor(room: string, port: TerminalPort) {
    this.id = room;
    this.#port = port;
    this.#socket = new RoomSocket(room, {
      hello: () => ({ t: 'hello', v: PROTOCOL_VERSION, lang, tab: this.#tab, resume: port.resume() }),
      message: (message) => this.#take(message),
      output: (frame) => {
        if (!port.output(frame)) this.#socket.resync();
      },
      line: (line) => {
        this.line.value = line;
      },
    });
    document.addEventListener('visibilitychange', () => this.#sayVisible());
  }

  /** The server's wall time, now. */
  now(): number {
    return Date.now() + this.#clock;
  }

  /** True when this browser's person holds the keyboard. */
  get driving(): boolean {
    return this.room.value?.keyboard.driver === this.you.value && this.you.value !== '';
  }

  /** Null when done; a refusal with a sentence otherwise. */
  op(op: PersonOp): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'op', n, op }));
  }

  answer(task: string, value: string): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'answer', n, task, value }));
  }

  startShell(): Promise<Refusal | null> {
    const terminal = this.terminal.value?.terminal ?? 0;
    return this.#ask((n) => ({ t: 'start', n, terminal }));
  }

  send(message: ClientMessage): boolean {
    return this.#socket.send(message);
  }

  name(person: string | null): string {
    return (person === null ? undefined : this.room.value?.members[person]?.name) ?? '';
  }

  #ask(message: (n: number) => ClientMessage): Promise<Refusal | null> {
    this.#n += 1;
    const n = this.#n;
    if (!this.#socket.send(message(n))) return Promise.resolve({ code: 'too-slow', values: {} });
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ code: 'too-slow', values: {} }), NO_ANSWER_MS);
      const settle = (refusal: Refusal | null) => {
        clearTimeout(timer);
        this.#waiting.delete(n);
        resolve(refusal);
      };
      this.#waiting.set(n, settle);
    });
  }

  #take(message: ServerMessage): void {
    switch (message.t) {
      case 'welcome':
        this.#welcome(message);
        return;
      case 'op': {
        const room = this.room.value;
        if (room === null) return;
        const advanced = advance(room, message.seq, message.entry);
        if (advanced.kind === 'gap') this.#socket.resync();
        if (advanced.kind === 'moved') this.room.value = advanced.state;
        return;
      }
      case 'reply':
        this.#waiting.get(message.n)?.(message.error);
        return;
      case 'terminal':
        this.terminal.value = message.info;
        return;
      case 'snapshot':
      case 'resumed':
        this.#port.screen(message);
        return;
      case 'refused':
        this.refused.value = { ...message.refusal };
        return;
      case 'aws':
        this.aws.value = message.aws;
        return;
      case 'attempt':
        this.attempt.value = message.attempt;
        return;
      case 'beat':
        this.#clock = message.now - Date.now();
        return;
      case 'bye':
        return;
      default:
        // A kind that a newer server knows and we do not.
        return;
    }
  }

  #welcome(message: Welcome): void {
    this.#clock = message.now - Date.now();
    this.you.value = message.you;
    this.room.value = message.room;
    this.attempt.value = message.attempt;
    this.aws.value = message.aws;
    this.lost.value = message.lost;
    this.terminal.value = message.terminals[0] ?? null;
    this.welcomes.value += 1;
    this.#sayVisible();
    this.#port.welcomed();
  }

  #sayVisible(): void {
    this.#socket.send({ t: 'visible', on: !document.hidden });
  }
}

export type Live = ReadonlySignal<RoomSession | null>;
