/** One socket: hello within time, heartbeat, bounded rate, then message by message to its room. */

import type { RawData, WebSocket } from 'ws';
import { ERRORS, type ErrorCode } from '#protocol/errors.ts';
import {
  ACKS_PER_SECOND,
  DEAD_AFTER_MS,
  HEARTBEAT_MS,
  HELLO_WITHIN_MS,
  MESSAGES_PER_SECOND,
  MIB,
  SECOND,
} from '#protocol/limits.ts';
import { type ClientMessage, PROTOCOL_VERSION, type ServerMessage } from '#protocol/messages.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { RoomConnection } from '../rooms/connection.ts';
import type { Room } from '../rooms/room.ts';
import { dispatch } from './dispatch.ts';
import { parseMessage } from './parse.ts';

/** Control messages that a socket may owe its reader before it is cut off: it resumes when it reads again. */
const QUEUE_BYTES = 4 * MIB;

export interface Guest {
  readonly person: string;
  readonly name: string;
  readonly mayTakePart: boolean;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly log: Log;
}

export class Connection implements RoomConnection {
  readonly person: string;
  #tab = '';
  readonly #socket: WebSocket;
  readonly #room: Room;
  readonly #guest: Guest;
  readonly #deps: ConnectionDeps;
  #state: 'new' | 'entering' | 'in' | 'closed' = 'new';
  #heardAt: number;
  #second = 0;
  #messages = 0;
  #acks = 0;
  #cancelTimer: () => void;

  constructor(socket: WebSocket, room: Room, guest: Guest, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#room = room;
    this.#guest = guest;
    this.#deps = deps;
    this.person = guest.person;
    this.#heardAt = deps.clock.now();
    // Not refreshed by traffic: whoever has not said hello by then is gone.
    this.#cancelTimer = deps.clock.after(HELLO_WITHIN_MS, () => this.end('too-slow'));
    socket.on('message', (data, binary) => this.#hear(data, binary));
    socket.on('close', () => this.#closed());
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
    this.#socket.send(JSON.stringify(message));
  }

  output(frame: Uint8Array, sent: () => void): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame, { binary: true }, sent);
    else sent();
  }

  buffered(): number {
    return this.#socket.bufferedAmount;
  }

  end(code: ErrorCode): void {
    this.send({ t: 'bye', code });
    const entry = ERRORS[code];
    this.#socket.close('close' in entry ? entry.close : 4500, code);
    // A peer that does not answer the close is not waited for.
    this.#deps.clock.after(SECOND, () => this.#socket.terminate());
  }

  #hear(data: RawData, binary: boolean): void {
    if (this.#state === 'closed') return;
    this.#heardAt = this.#deps.clock.now();
    const message = binary ? null : parseMessage(data.toString());
    if (this.#tooMany(message?.t === 'ack')) this.end('too-many');
    else if (message === null) this.end('bad-request');
    else if (this.#state === 'in') dispatch(message, this.#room, this);
    else if (this.#state === 'new' && message.t === 'hello') void this.#enter(message);
    else if (this.#state === 'new') this.end('bad-request');
    // Between hello and welcome nothing can be asked for; a beat or a size that came early is let go.
  }

  async #enter(hello: Extract<ClientMessage, { t: 'hello' }>): Promise<void> {
    if (hello.v !== PROTOCOL_VERSION) {
      this.end('old-client');
      return;
    }
    this.#state = 'entering';
    this.#tab = hello.tab;
    this.#cancelTimer();
    const refused = await this.#room.enter(this, this.#guest, hello.resume).catch((error: unknown) => {
      this.#deps.log.error({ err: error }, 'somebody could not enter a room');
      return 'internal' as const;
    });
    if (this.#isClosed()) void this.#room.leave(this);
    else if (refused !== null) this.end(refused);
    else {
      this.#state = 'in';
      this.#beat();
    }
  }

  /** Asked after an await, where the state may have changed. */
  #isClosed(): boolean {
    return this.#state === 'closed';
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

  #closed(): void {
    const wasIn = this.#state === 'in';
    this.#state = 'closed';
    this.#cancelTimer();
    if (wasIn) void this.#room.leave(this);
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
