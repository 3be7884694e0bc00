import headless from '@xterm/headless';
import { WebSocket } from 'ws';
import type { JoinAnswer, Link, LinkRequest } from '#protocol/api.ts';
import { apply } from '#protocol/apply.ts';
import { type ErrorCode, isErrorCode } from '#protocol/errors.ts';
import { decodeOutput } from '#protocol/frames.ts';
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
import { until } from './until.ts';

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
  readonly screen = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true, scrollback: 5000 });
  readonly messages: ServerMessage[] = [];
  readonly refused: Refusal[] = [];
  readonly output: Buffer[] = [];
  /** Everything before it has arrived. */
  offset = 0;
  room!: RoomState;
  you = '';
  attempt!: AttemptView;
  aws: AwsView | null = null;
  terminal!: TerminalInfo;
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
    this.offset = after?.offset ?? 0;
    this.#i = after?.typed ?? 0;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer, binary) => (binary ? this.#takeOutput(data) : this.#take(data)));
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
    const resume = options.after === undefined ? {} : { 1: tab.offset };
    tab.send({ t: 'hello', v: PROTOCOL_VERSION, lang: 'ja', tab: tab.id, resume });
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

  send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Raw bytes, for what a broken or hostile client would send. */
  sendRaw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  do(op: PersonOp): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'op', n, op }));
  }

  answer(task: string, value: string): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'answer', n, task, value }));
  }

  startShell(): Promise<Refusal | null> {
    return this.#ask((n) => ({ t: 'start', n, terminal: 1 }));
  }

  type(data: string): void {
    this.#i += 1;
    this.send({ t: 'input', terminal: 1, epoch: this.room.keyboard.epoch, i: this.#i, data });
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

  get text(): string {
    return Buffer.concat(this.output).toString();
  }

  /** What a person sees, line by line. */
  async lines(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => this.screen.write('', resolve));
    const { active } = this.screen.buffer;
    return Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
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

  #takeOutput(data: Buffer): void {
    const frame = decodeOutput(data);
    if (frame === null) return;
    if (this.offset !== 0 && frame.offset !== this.offset) {
      throw new Error(`output at ${frame.offset}, expected ${this.offset}`);
    }
    this.offset = frame.offset + frame.bytes.length;
    this.output.push(Buffer.from(frame.bytes));
    const { offset } = this;
    this.screen.write(Buffer.from(frame.bytes), () => {
      if (this.#acks && this.closed === null) this.send({ t: 'ack', terminal: 1, offset });
    });
  }

  #take(data: Buffer): void {
    const message = JSON.parse(data.toString()) as ServerMessage;
    this.messages.push(message);
    switch (message.t) {
      case 'welcome':
        this.room = message.room;
        this.attempt = message.attempt;
        this.aws = message.aws;
        if (message.terminals[0] !== undefined) this.terminal = message.terminals[0];
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
      case 'snapshot':
        this.screen.reset();
        this.screen.resize(message.cols, message.rows);
        this.screen.write(message.vt);
        this.offset = message.offset;
        return;
      case 'terminal':
        this.terminal = message.info;
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
