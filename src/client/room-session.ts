/** The live room as signals, and what a person can do in it. It joins the socket and the replica. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ServerFrame } from '#protocol/frames.ts';
import {
  type AttemptView,
  type AwsView,
  type ClientMessage,
  type CommandView,
  PROTOCOL_VERSION,
  type Refusal,
  type ServerMessage,
  type TerminalInfo,
} from '#protocol/messages.ts';
import type { PersonOp, RoomState } from '#protocol/room-state.ts';
import { EMPTY_SEAT, type SeatView } from '#protocol/seat.ts';
import { lang } from './language.ts';
import { advance } from './replica.ts';
import { type Line, RoomSocket } from './socket.ts';

/** What the terminals of this page take from the socket, and tell it. */
export interface TerminalPort {
  /** Offsets up to which each has everything. */
  readonly resume: () => Readonly<Record<number, number>>;
  readonly frame: (frame: ServerFrame) => void;
  readonly sized: (message: Extract<ServerMessage, { t: 'resumed' | 'resized' }>) => void;
  readonly welcomed: () => void;
  /** The one that has the attention of this page. */
  readonly focused: ReadonlySignal<number>;
}

type Welcome = Extract<ServerMessage, { t: 'welcome' }>;
/** Told to whoever asked and did not hear in time; nothing is known about the outcome. */
const NO_ANSWER_MS = 8000;
/** A large home on a busy disk, behind another save. */
const NOT_SAVED_MS = 60_000;

export class RoomSession {
  readonly id: string;
  readonly line = signal<Line>({ status: 'connecting' });
  readonly room = signal<RoomState | null>(null);
  readonly you = signal<string>('');
  readonly attempt = signal<AttemptView | null>(null);
  readonly aws = signal<AwsView | null>(null);
  readonly seat = signal<SeatView>(EMPTY_SEAT);
  readonly terminals = signal<readonly TerminalInfo[]>([]);
  /** The terminal that the driver looks at. */
  readonly front = signal(0);
  /** The one that has this page's attention; null before the welcome. */
  readonly terminal: ReadonlySignal<TerminalInfo | null>;
  /** Commands by terminal, oldest first, once they were asked for. */
  readonly commands = signal<Readonly<Record<number, readonly CommandView[]>>>({});
  readonly lost = signal<Welcome['lost']>(null);
  /** Welcomes so far: 2 and more mean that somebody came back. */
  readonly welcomes = signal(0);
  /** The latest refusal of keys, as an event: each is a new object. */
  readonly refused = signal<Refusal | null>(null);

  /** Server's clock minus ours. */
  #clock = 0;
  #n = 0;
  readonly #followed = new Set<number>();
  /** Lists that a new line tells from their beginning; until then the old ones stay in sight. */
  readonly #stale = new Set<number>();
  readonly #tab = crypto.getRandomValues(new Uint32Array(2)).join('-');
  readonly #waiting = new Map<number, (refusal: Refusal | null) => void>();
  readonly #port: TerminalPort;
  readonly #socket: RoomSocket;

  constructor(room: string, port: TerminalPort) {
    this.id = room;
    this.#port = port;
    this.terminal = computed(
      () => this.terminals.value.find(({ terminal }) => terminal === port.focused.value) ?? null,
    );
    this.#socket = new RoomSocket(room, {
      hello: () => ({
        t: 'hello',
        v: PROTOCOL_VERSION,
        lang,
        tab: this.#tab,
        resume: port.resume(),
        at: Date.now(),
      }),
      message: (message) => this.#take(message),
      frame: (frame) => port.frame(frame),
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

  openTerminal(): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'open', n }));
  }

  closeTerminal(terminal: number): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'close', n, terminal }));
  }

  savePoint(): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'save-point', n }), NOT_SAVED_MS);
  }

  reset(point: string | null): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'reset', n, point }), NOT_SAVED_MS);
  }

  extendLease(): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'extend-lease', n }));
  }

  /** From now on, or no longer, `commands` has those of this terminal. */
  followCommands(terminal: number, on: boolean): void {
    if (on) this.#followed.add(terminal);
    else this.#followed.delete(terminal);
    this.#socket.send({ t: 'commands', terminal, on });
  }

  send(message: ClientMessage): void {
    this.#socket.send(message);
  }

  /** False when there is no line. */
  sendFrame(frame: Uint8Array<ArrayBuffer>): boolean {
    return this.#socket.sendFrame(frame);
  }

  /** Output is missing or makes no sense: come back at once, and be told afresh. */
  resync(): void {
    this.#socket.resync();
  }

  name(person: string | null): string {
    return (person === null ? undefined : this.room.value?.members[person]?.name) ?? '';
  }

  #ask(message: (n: number) => ClientMessage, within = NO_ANSWER_MS): Promise<Refusal | null> {
    this.#n += 1;
    const n = this.#n;
    if (!this.#socket.send(message(n))) return Promise.resolve({ code: 'too-slow', values: {} });
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ code: 'too-slow', values: {} }), within);
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
        this.terminals.value = withInfo(this.terminals.value, message.info);
        return;
      case 'closed':
        this.terminals.value = this.terminals.value.filter(({ terminal }) => terminal !== message.terminal);
        this.#forgetClosed();
        return;
      case 'front':
        this.front.value = message.terminal;
        return;
      case 'commands': {
        const { terminal, commands } = message;
        const known = this.#stale.delete(terminal) ? [] : (this.commands.value[terminal] ?? []);
        this.commands.value = { ...this.commands.value, [terminal]: withCommands(known, commands) };
        return;
      }
      case 'resumed':
      case 'resized':
        this.#port.sized(message);
        return;
      case 'refused':
        this.refused.value = { ...message.refusal };
        return;
      case 'aws':
        this.aws.value = message.aws;
        return;
      case 'seat':
        this.seat.value = { ...this.seat.peek(), ...message.part };
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
    this.seat.value = message.seat;
    this.lost.value = message.lost;
    this.front.value = message.front;
    this.terminals.value = message.terminals;
    for (const terminal of Object.keys(this.commands.value)) this.#stale.add(Number(terminal));
    this.#forgetClosed();
    for (const terminal of this.#followed) this.#socket.send({ t: 'commands', terminal, on: true });
    this.welcomes.value += 1;
    this.#sayVisible();
    this.#port.welcomed();
  }

  #forgetClosed(): void {
    const open = new Set(this.terminals.value.map(({ terminal }) => String(terminal)));
    const kept = Object.entries(this.commands.value).filter(([terminal]) => open.has(terminal));
    this.commands.value = Object.fromEntries(kept);
  }

  #sayVisible(): void {
    this.#socket.send({ t: 'visible', on: !document.hidden });
  }
}

function withInfo(known: readonly TerminalInfo[], info: TerminalInfo): readonly TerminalInfo[] {
  const others = known.filter(({ terminal }) => terminal !== info.terminal);
  return [...others, info].toSorted((a, b) => a.terminal - b.terminal);
}

/** As many as the server keeps. */
const COMMANDS = 50;

function withCommands(known: readonly CommandView[], news: readonly CommandView[]): readonly CommandView[] {
  const byNumber = new Map([...known, ...news].map((command) => [command.n, command]));
  return [...byNumber.values()].toSorted((a, b) => a.n - b.n).slice(-COMMANDS);
}

export type Live = ReadonlySignal<RoomSession | null>;
