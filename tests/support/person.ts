import { WebSocket } from 'ws';
import type { JoinAnswer, Link, LinkRequest } from '#protocol/api.ts';
import { apply } from '#protocol/apply.ts';
import { type ErrorCode, isErrorCode } from '#protocol/errors.ts';
import { decodeServerFrame, encodeInput } from '#protocol/frames.ts';
import {
  type AttemptView,
  type AwsView,
  type ClientMessage,
  PROTOCOL_VERSION,
  type Refusal,
  type ServerMessage,
  SOCKET_PATH,
  SUBPROTOCOL,
  type TerminalInfo,
  TICKET_PREFIX,
} from '#protocol/messages.ts';
import type { PersonOp, RoomState } from '#protocol/room-state.ts';
import { EMPTY_SEAT, type SeatView } from '#protocol/seat.ts';
import { until } from './until.ts';
import { WatchedTerminal } from './watched-terminal.ts';

/** A person with a browser's cookie jar: what they do over HTTP, and the rooms that they enter. */
export class Person {
  readonly origin: string;
  #cookie = '';

  constructor(origin: string) {
    this.origin = origin;
  }

  static async named(origin: string, name: string): Promise<Person> {
    const person = new Person(origin);
    const answer = await person.fetch('POST', '/api/session', { name });
    if (answer.status !== 201) throw new Error(`no session: ${answer.status}`);
    return person;
  }

  async fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(this.origin + path, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.origin,
        cookie: this.#cookie,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = answer.headers.getSetCookie()[0]?.split(';')[0];
    if (set !== undefined) this.#cookie = set;
    return answer;
  }

  /** What a request of this browser carries. */
  get headers(): Readonly<Record<string, string>> {
    return { origin: this.origin, cookie: this.#cookie };
  }

  /** A body of bytes. */
  put(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>) {
    const type = { 'content-type': 'application/octet-stream' };
    return fetch(this.origin + path, {
      ...{ method: 'PUT', body },
      headers: { ...this.headers, ...type, ...headers },
    });
  }

  async join(link: string, name?: string): Promise<JoinAnswer> {
    const secret = new URL(link).hash.slice(1);
    const answer = await this.fetch('POST', '/api/join', { secret, ...(name === undefined ? {} : { name }) });
    return (await answer.json()) as JoinAnswer;
  }

  async start(lab: string, fresh = false): Promise<string> {
    const answer = await this.fetch('POST', `/api/labs/${lab}/start`, { fresh });
    const { room } = (await answer.json()) as { room: string };
    return room;
  }

  async link(request: LinkRequest): Promise<Link> {
    const answer = await this.fetch('POST', '/api/links', request);
    return (await answer.json()) as Link;
  }

  async ticket(room: string): Promise<string> {
    const answer = await this.fetch('POST', `/api/rooms/${room}/ticket`);
    const { ticket } = (await answer.json()) as { ticket: string };
    return ticket;
  }

  async enter(room: string, options: EnterOptions = {}): Promise<Tab> {
    return Tab.open(this.origin, await this.ticket(room), options);
  }
}

export interface EnterOptions {
  /** Where an earlier tab stopped; it is the same tab again. */
  readonly after?: Tab;
  /** Acknowledge output as a browser does; a stalled viewer does not. */
  readonly acks?: boolean;
}

let tabs = 0;

/** One connection: a typed client that keeps a replica, and a real terminal that parses the output. */
export class Tab {
  /** By number; they outlive a connection, as in a browser's tab. */
  readonly terminals: Map<number, WatchedTerminal>;
  readonly messages: ServerMessage[] = [];
  readonly refused: Refusal[] = [];
  room!: RoomState;
  you = '';
  attempt!: AttemptView;
  aws: AwsView | null = null;
  seat: SeatView = EMPTY_SEAT;
  infos: readonly TerminalInfo[] = [];
  front = 0;
  closed: { readonly code: number; readonly bye: ErrorCode | null } | null = null;
  readonly id: string;
  readonly #socket: WebSocket;
  readonly #replies = new Map<number, (error: Refusal | null) => void>();
  readonly #acks: boolean;
  #n = 0;
  #runs = 0;
  #i: number;
  #bye: ErrorCode | null = null;

  private constructor(socket: WebSocket, { after, acks = true }: EnterOptions) {
    this.#socket = socket;
    this.#acks = acks;
    tabs += 1;
    this.id = after?.id ?? `tab-${process.pid}-${tabs}`;
    this.#i = after?.typed ?? 0;
    this.terminals = after?.terminals ?? new Map();
    for (const terminal of this.terminals.values()) terminal.line = this.#line;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer, binary) => (binary ? this.#takeFrame(data) : this.#take(data)));
    socket.on('close', (code) => {
      this.closed = { code, bye: this.#bye };
    });
    socket.on('error', () => undefined);
  }

  static async open(origin: string, ticket: string, options: EnterOptions = {}): Promise<Tab> {
    const socket = new WebSocket(
      origin.replace(/^http/, 'ws') + SOCKET_PATH,
      [SUBPROTOCOL, TICKET_PREFIX + ticket],
      {
        origin,
        perMessageDeflate: false,
      },
    );
    const tab = new Tab(socket, options);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (_, response) =>
        reject(new Error(`refused: ${response.statusCode}`)),
      );
      socket.once('error', reject);
    });
    const known = [...tab.terminals].map(([number, { stream }]) => [number, stream.next ?? undefined]);
    const resume: Record<number, number> = Object.fromEntries(known);
    tab.send({ t: 'hello', v: PROTOCOL_VERSION, lang: 'ja', tab: tab.id, resume, at: Date.now() });
    await until(() => tab.you !== '' || tab.closed !== null, { what: 'welcome' });
    return tab;
  }

  get welcome(): Extract<ServerMessage, { t: 'welcome' }> {
    const first = this.messages.find((message) => message.t === 'welcome');
    if (first?.t !== 'welcome') throw new Error('there was no welcome');
    return first;
  }

  get typed(): number {
    return this.#i;
  }

  /** The first terminal, which is always there at the beginning. */
  get first(): WatchedTerminal {
    return this.watched(1);
  }

  get terminal(): TerminalInfo {
    const info = this.infos.find(({ terminal }) => terminal === 1);
    if (info === undefined) throw new Error('there is no terminal 1');
    return info;
  }

  get text(): string {
    return this.first.text;
  }

  watched(number: number): WatchedTerminal {
    const known = this.terminals.get(number) ?? new WatchedTerminal(number, this.#line);
    known.acks = this.#acks;
    this.terminals.set(number, known);
    return known;
  }

  send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Raw bytes, for what a broken or hostile client would send. */
  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  do(op: PersonOp): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'op', n, op }));
  }

  answer(task: string, value: string): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'answer', n, task, value }));
  }

  startShell(terminal = 1): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'start', n, terminal }));
  }

  openTerminal(): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'open', n }));
  }

  closeTerminal(terminal: number): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'close', n, terminal }));
  }

  savePoint(): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'save-point', n }));
  }

  reset(point: string | null): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'reset', n, point }));
  }

  extendLease(): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'extend-lease', n }));
  }

  type(data: string, terminal = 1): void {
    this.#i += 1;
    this.typeAs({ terminal, epoch: this.room.keyboard.epoch, i: this.#i }, data);
  }

  /** Keys under numbers of one's choice: what a late or repeated packet carries. */
  typeAs(
    numbers: {
      readonly epoch: number;
      readonly i: number;
      readonly terminal?: number;
      readonly answer?: boolean;
      readonly at?: number;
    },
    data: string,
  ): void {
    this.sendRaw(
      encodeInput({ terminal: 1, answer: false, at: Date.now(), ...numbers, bytes: Buffer.from(data) }),
    );
  }

  /** Types a line and waits until it has run, and for the next prompt; resolves with what was printed. */
  async run(command: string, ms = 20_000): Promise<string> {
    const before = this.text.length;
    this.#runs += 1;
    // An invisible mark of its own: prompts of commands before it, still on their way, do not count.
    const mark = `\x1b]777;ran-${this.#runs}\x07`;
    this.type(`${command}; printf '\\e]777;ran-%s\\a' ${this.#runs}\r`);
    await until(() => this.text.slice(before).includes(mark), { ms, what: `the end of: ${command}` });
    await this.prompt(this.text.indexOf(mark, before));
    return this.text.slice(before);
  }

  /** Waits until the shell asks for a command. */
  prompt(from = 0): Promise<void> {
    return until(() => this.text.slice(from).includes('\x1b]133;B'), { ms: 15_000, what: 'a prompt' });
  }

  /** What a person sees, line by line. */
  lines(): Promise<readonly string[]> {
    return this.first.lines();
  }

  task(id: string): string {
    return this.room.tasks[id]?.report.status ?? 'unknown';
  }

  /** Cuts the line without a word, as a network does. */
  drop(): void {
    this.#socket.terminate();
  }

  async close(): Promise<void> {
    this.#socket.close();
    await until(() => this.closed !== null);
  }

  #ask(message: (n: number) => ClientMessage): Promise<Refusal | null> {
    this.#n += 1;
    const n = this.#n;
    return new Promise((resolve) => {
      this.#replies.set(n, resolve);
      this.send(message(n));
    });
  }

  readonly #line = {
    send: (frame: Uint8Array) => {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
    },
    broken: () => {
      throw new Error('output is missing');
    },
  };

  #takeFrame(data: Buffer): void {
    const frame = decodeServerFrame(data);
    if (frame !== null) this.watched(frame.terminal).take(frame);
  }

  #take(data: Buffer): void {
    const message = JSON.parse(data.toString()) as ServerMessage;
    this.messages.push(message);
    switch (message.t) {
      case 'welcome':
        this.room = message.room;
        this.attempt = message.attempt;
        this.aws = message.aws;
        this.seat = message.seat;
        this.infos = message.terminals;
        this.front = message.front;
        this.you = message.you;
        return;
      case 'op': {
        const applied = apply(this.room, message.entry);
        if (!applied.ok || applied.state.seq !== message.seq) throw new Error('the replica has drifted');
        this.room = applied.state;
        return;
      }
      case 'reply':
        this.#replies.get(message.n)?.(message.error);
        this.#replies.delete(message.n);
        return;
      case 'resumed':
      case 'resized':
        this.watched(message.terminal).sized(message);
        return;
      case 'terminal':
        this.infos = [
          ...this.infos.filter(({ terminal }) => terminal !== message.info.terminal),
          message.info,
        ];
        return;
      case 'seat':
        this.seat = { ...this.seat, ...message.part };
        return;
      case 'closed':
        this.infos = this.infos.filter(({ terminal }) => terminal !== message.terminal);
        this.terminals.delete(message.terminal);
        return;
      case 'front':
        this.front = message.terminal;
        return;
      case 'refused':
        this.refused.push(message.refusal);
        return;
      case 'attempt':
        this.attempt = message.attempt;
        return;
      case 'aws':
        this.aws = message.aws;
        return;
      case 'beat':
        this.send({ t: 'beat' });
        return;
      case 'bye':
        this.#bye = isErrorCode(message.code) ? message.code : null;
        return;
      default:
    }
  }
}
