/** Our own protocol, as a client keeps it across the lives of its connections; it counts what went missing. */
import type { WebSocket } from 'ws';
import { decodeServerFrame, encodeAck, encodeInput } from '#protocol/frames.ts';
import {
  type ClientMessage,
  PROTOCOL_VERSION,
  type ServerMessage,
  SOCKET_PATH,
  SUBPROTOCOL,
  TICKET_PREFIX,
} from '#protocol/messages.ts';
import type { Person } from '../../support/person.ts';
import { Line, type Wire } from './line.ts';

const TERMINAL = 1;

let tabs = 0;

export class OursWire implements Wire {
  readonly #tab = `bench-${++tabs}`;
  #epoch = 0;
  #typed = 0;
  #end: number | null = null;
  /** The shell runs. */
  running = false;
  /** Bytes that did not come, or came twice. */
  lost = 0;

  /** It has a place in the output. */
  get started(): boolean {
    return this.#end !== null;
  }

  get open(): string {
    const resume = this.#end === null ? {} : { [TERMINAL]: this.#end };
    return spell({ t: 'hello', v: PROTOCOL_VERSION, lang: 'ja', tab: this.#tab, resume, at: Date.now() });
  }

  input(text: string): Uint8Array {
    this.#typed += 1;
    const bytes = Buffer.from(text);
    return encodeInput({
      terminal: TERMINAL,
      epoch: this.#epoch,
      i: this.#typed,
      answer: false,
      at: Date.now(),
      bytes,
    });
  }

  output(data: Buffer): { readonly bytes: Buffer; readonly end: number } {
    const frame = decodeServerFrame(data);
    if (frame === null) throw new Error('a frame of an unknown kind');
    if (frame.kind === 'snapshot') {
      if (this.#end !== null) this.lost += frame.gap;
      this.#end = frame.offset;
      return { bytes: Buffer.alloc(0), end: frame.offset };
    }
    if (this.#end !== null) this.lost += Math.abs(frame.offset - this.#end);
    this.#end = frame.offset + frame.bytes.length;
    return { bytes: data.subarray(data.length - frame.bytes.length), end: this.#end };
  }

  ack(offset: number): Uint8Array {
    return encodeAck(TERMINAL, offset);
  }

  hear(text: string, socket: WebSocket): void {
    const message = JSON.parse(text) as ServerMessage;
    if (message.t === 'welcome') {
      this.#epoch = message.room.keyboard.epoch;
      this.running = message.terminals[0]?.state.status === 'running';
    } else if (message.t === 'terminal') this.running = message.info.state.status === 'running';
    else if (message.t === 'beat') socket.send(spell({ t: 'beat' }));
    else if (message.t === 'bye' || message.t === 'refused') throw new Error(`the server says: ${text}`);
  }
}

export function spell(message: ClientMessage): string {
  return JSON.stringify(message);
}

/** Where a person's socket is opened, and what is offered there. */
export async function doorOf(person: Person, room: string): Promise<[url: string, protocols: string[]]> {
  const ticket = await person.ticket(room);
  return [person.origin.replace(/^http/, 'ws') + SOCKET_PATH, [SUBPROTOCOL, TICKET_PREFIX + ticket]];
}

/** A connection of this person. */
export async function enter(person: Person, room: string, wire: OursWire): Promise<Line> {
  const [url, protocols] = await doorOf(person, room);
  return Line.open(url, wire, protocols);
}
