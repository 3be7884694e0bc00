/** One socket: hello within time, heartbeat, bounded rate, then message by message to its room. */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { ERRORS, type ErrorCode } from '#protocol/errors.ts';
import type { InputFrame } from '#protocol/frames.ts';
import type { PersonId } from '#protocol/ids.ts';
import {
  ACKS_PER_SECOND,
  DEAD_AFTER_MS,
  HEARTBEAT_MS,
  HELLO_WITHIN_MS,
  KEYS_EXPIRE_MS,
  MESSAGES_PER_SECOND,
  MIB,
  SECOND,
} from '#protocol/limits.ts';
import { type ClientMessage, PROTOCOL_VERSION, type ServerMessage } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { RoomConnection } from '../rooms/connection.ts';
import type { Admitted, Room } from '../rooms/room.ts';
import { dispatch, dispatchFrame } from './dispatch.ts';
import { Lateness } from './lateness.ts';
import { parseFrame, parseMessage } from './parse.ts';
import { serialised } from './serialised.ts';

/** Control messages that a socket may owe its reader before it is cut off: it resumes when it reads again. */
const QUEUE_BYTES = 4 * MIB;
/** A check, a start of a shell or a saved point at most this often per connection. */
const WORK_EVERY_MS = SECOND / 2;
type Work = 'check' | 'start' | 'save-point' | 'reset';
const WORK: ReadonlySet<ClientMessage['t']> = new Set<Work>(['check', 'start', 'save-point', 'reset']);

/** Whom a ticket lets in, and where. Asked for when the hello has come: what was true at the door may not be any more. */
export interface Admission {
  readonly person: PersonId;
  readonly open: () => Promise<Room | null>;
  readonly admit: () => Promise<Admitted | null>;
}

type State =
  | { readonly status: 'new' | 'entering' | 'ending' | 'closed' }
  | { readonly status: 'in'; readonly room: Room };

/** The longest payload whose length stands in the second byte of its header (RFC 6455, section 5.2). */
const SHORT_BYTES = 125;
const WHOLE_BINARY = 0x82;

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly log: Log;
}

let connections = 0;

export class Connection implements RoomConnection {
  readonly person: string;
  readonly order = ++connections;
  #tab = '';
  readonly #socket: WebSocket;
  /** Below the socket, which compresses nothing and keeps nothing back: whole frames may be put in between. */
  readonly #stream: Duplex;
  readonly #admission: Admission;
  readonly #deps: ConnectionDeps;
  #state: State = { status: 'new' };
  #heardAt: number;
  #second = 0;
  #messages = 0;
  #acks = 0;
  #workedAt = 0;
  readonly #lateness = new Lateness();
  #toldLateAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: () => void;

  constructor(socket: WebSocket, stream: Duplex, admission: Admission, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#stream = stream;
    this.#admission = admission;
    this.#deps = deps;
    this.person = admission.person;
    this.#heardAt = deps.clock.now();
    // Not refreshed by traffic: whoever has not said hello by then is gone.
    this.#cancelTimer = deps.clock.after(HELLO_WITHIN_MS, () => this.end('too-slow'));
    socket.on('message', (data, binary) => this.#hear(data, binary));
    socket.on('close', () => this.#leave('closed'));
    socket.on('error', (error) => deps.log.debug({ err: error }, 'a socket failed'));
  }

  get tab(): string {
    return this.#tab;
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > QUEUE_BYTES) {
      this.#socket.terminate();
      return;
    }
    this.#socket.send(serialised(message));
  }

  output(frame: Uint8Array, sent: () => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) sent();
    else if (frame.length > SHORT_BYTES) this.#socket.send(frame, { binary: true }, sent);
    else {
      this.#stream.write(inOnePiece(frame));
      sent();
    }
  }

  buffered(): number {
    return this.#socket.bufferedAmount;
  }

  /** Whatever arrives from now on is not heard. */
  end(code: ErrorCode): void {
    if (this.#state.status === 'ending' || this.#state.status === 'closed') return;
    this.send({ t: 'bye', code });
    const entry = ERRORS[code];
    this.#socket.close('close' in entry ? entry.close : 4500, code);
    this.#leave('ending');
    // A peer that does not answer the close is not waited for.
    this.#deps.clock.after(SECOND, () => this.#socket.terminate());
  }

  #hear(data: RawData, binary: boolean): void {
    const state = this.#state;
    if (state.status === 'ending' || state.status === 'closed') return;
    this.#heardAt = this.#deps.clock.now();
    if (binary)
      this.#hearFrame(data as Buffer, state); // `ws` gives one Buffer, as its binaryType says
    else this.#hearMessage(data.toString(), state);
  }

  #hearFrame(data: Buffer, state: State): void {
    const frame = parseFrame(data);
    if (this.#tooMany(frame?.kind === 'ack')) this.end('too-many');
    else if (frame === null || state.status === 'new') this.end('bad-request');
    else if (state.status !== 'in') return;
    else if (frame.kind === 'input' && this.#lateness.isLate(frame.at, this.#heardAt)) this.#tellLate(frame);
    else dispatchFrame(frame, state.room, this);
  }

  #hearMessage(text: string, state: State): void {
    const message = parseMessage(text);
    if (this.#tooMany(false)) this.end('too-many');
    else if (message === null) this.end('bad-request');
    else if (state.status === 'in') this.#dispatch(message, state.room);
    else if (state.status === 'new' && message.t === 'hello') void this.#enter(message);
    else if (state.status === 'new') this.end('bad-request');
    // Between hello and welcome nothing can be asked for; a beat or a size that came early is let go.
  }

  #dispatch(message: ClientMessage, room: Room): void {
    if (isWork(message) && !this.#rested()) {
      this.send({ t: 'reply', n: message.n, error: { code: 'too-many', values: {} } });
    } else dispatch(message, room, this);
  }

  /** Once for all that the line held back together. */
  #tellLate({ terminal, answer }: InputFrame): void {
    if (answer || this.#heardAt - this.#toldLateAt < KEYS_EXPIRE_MS) return;
    this.#toldLateAt = this.#heardAt;
    this.send({ t: 'refused', terminal, refusal: { code: 'keys-late', values: {} } });
  }

  async #enter(hello: Extract<ClientMessage, { t: 'hello' }>): Promise<void> {
    if (hello.v !== PROTOCOL_VERSION) {
      this.end('old-client');
      return;
    }
    this.#state = { status: 'entering' };
    this.#tab = hello.tab;
    this.#lateness.isLate(hello.at, this.#heardAt);
    this.#cancelTimer();
    try {
      const { open, admit } = this.#admission;
      const room = await open();
      const refused = room === null ? 'not-found' : await room.enter(this, admit, hello.resume);
      if (refused !== null) this.end(refused);
      else if (room !== null) this.#entered(room);
    } catch (error) {
      this.#deps.log.error({ err: error }, 'somebody could not enter a room');
      this.end('internal');
    }
  }

  /** The line may have been cut meanwhile. */
  #entered(room: Room): void {
    if (this.#state.status !== 'entering') {
      void room.leave(this);
      return;
    }
    this.#state = { status: 'in', room };
    this.#beat();
  }

  #beat(): void {
    this.#cancelTimer = this.#deps.clock.after(HEARTBEAT_MS, () => {
      const now = this.#deps.clock.now();
      if (now - this.#heardAt > DEAD_AFTER_MS) {
        this.#socket.terminate();
        return;
      }
      this.send({ t: 'beat', now });
      this.#beat();
    });
  }

  #leave(status: 'ending' | 'closed'): void {
    const before = this.#state;
    this.#state = { status };
    this.#cancelTimer();
    if (before.status === 'in') void before.room.leave(this);
  }

  /** Work is not to be asked for faster than it is done. */
  #rested(): boolean {
    const now = this.#deps.clock.now();
    const rested = now - this.#workedAt >= WORK_EVERY_MS;
    if (rested) this.#workedAt = now;
    return rested;
  }

  #tooMany(isAck: boolean): boolean {
    const second = Math.floor(this.#heardAt / SECOND);
    if (second !== this.#second) {
      this.#second = second;
      this.#messages = 0;
      this.#acks = 0;
    }
    if (isAck) this.#acks += 1;
    else this.#messages += 1;
    return this.#messages > MESSAGES_PER_SECOND || this.#acks > ACKS_PER_SECOND;
  }
}

/** What costs more than a message does. */
function isWork(message: ClientMessage): message is Extract<ClientMessage, { t: Work }> {
  return WORK.has(message.t);
}

/** An echo. As one buffer it reaches the last of fifty viewers a fifth earlier than as a header and a payload. */
function inOnePiece(frame: Uint8Array): Buffer {
  const whole = Buffer.allocUnsafe(2 + frame.length);
  whole[0] = WHOLE_BINARY;
  whole[1] = frame.length;
  whole.set(frame, 2);
  return whole;
}
