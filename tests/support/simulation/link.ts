/**
 * One simulated connection: ordered in each direction, with a delay of its own, a network that holds so
 * many bytes, and a server's buffer before it. It can be cut with bytes in flight.
 */
import { decodeServerFrame } from '#protocol/frames.ts';
import type { ServerMessage } from '#protocol/messages.ts';
import type { Keyboard } from '#protocol/room-state.ts';
import type { RoomConnection } from '../../../server/rooms/connection.ts';
import type { ManualClock } from '../manual-clock.ts';

/** What travels down: frames as bytes, and what the room says. */
export type Down =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'message'; readonly message: ServerMessage }
  | { readonly kind: 'welcome'; readonly keyboard: Hands; readonly terminals: readonly number[] }
  | { readonly kind: 'keyboard'; readonly keyboard: Hands };

export type Hands = Pick<Keyboard, 'driver' | 'epoch'>;

/** A message costs about so much. */
const MESSAGE_BYTES = 200;
/** What a network holds between the server's socket and a reader who does not read. */
const NETWORK_BYTES = 192 * 1024;

export interface Delays {
  readonly up: number;
  readonly down: number;
}

let links = 0;

export class Link implements RoomConnection {
  readonly order = ++links;
  readonly person: string;
  readonly tab: string;
  readonly #clock: ManualClock;
  readonly #delays: Delays;
  readonly #buffer: { readonly packet: Down; readonly sent: () => void }[] = [];
  #buffered = 0;
  #inNetwork = 0;
  readonly #arrived: Down[] = [];
  #carrying = false;
  #lastUp = 0;
  #lastDown = 0;
  /** With what each terminal began on this connection. */
  readonly begun = new Map<number, 'resumed' | 'snapshot'>();
  readonly openedAt: number;
  welcomedAt = Number.POSITIVE_INFINITY;
  /** The server has not noticed an end. */
  open = true;
  /** The client is there, and its end is open. */
  near = true;
  #reading = true;
  /** What is on its way to the server when the client's end is gone: so much later, or never. */
  #lateBy: number | null = 0;
  receive: (packet: Down) => void = () => undefined;

  constructor(clock: ManualClock, who: { readonly person: string; readonly tab: string }, delays: Delays) {
    this.#clock = clock;
    this.openedAt = clock.now();
    this.person = who.person;
    this.tab = who.tab;
    this.#delays = delays;
  }

  // The server's end

  send(message: ServerMessage): void {
    if (message.t === 'resumed' && !this.begun.has(message.terminal)) {
      this.begun.set(message.terminal, 'resumed');
    }
    this.push({ kind: 'message', message });
  }

  push(packet: Down): void {
    this.#take(packet, () => undefined);
  }

  output(frame: Uint8Array, sent: () => void): void {
    const head = decodeServerFrame(frame);
    if (head?.kind === 'snapshot' && !this.begun.has(head.terminal))
      this.begun.set(head.terminal, 'snapshot');
    this.#take({ kind: 'frame', bytes: frame }, sent);
  }

  buffered(): number {
    return this.#buffered;
  }

  end(): void {
    this.open = false;
  }

  /** Noticed by the server: what it still sends goes nowhere. */
  close(): void {
    this.open = false;
    for (const { sent } of this.#buffer.splice(0)) sent();
    this.#buffered = 0;
  }

  // The client's end

  up(arrive: () => void): void {
    if (!this.near) return;
    const at = Math.max(this.#lastUp, this.#clock.now() + this.#delays.up);
    this.#lastUp = at;
    this.#clock.after(at - this.#clock.now(), () => {
      this.#arrive(arrive);
    });
  }

  set reading(on: boolean) {
    this.#reading = on;
    this.#read();
  }

  /** What is on its way to the server arrives so much later, or is lost. */
  cut(lateBy: number | null): void {
    this.near = false;
    this.#lateBy = lateBy;
  }

  #arrive(arrive: () => void): void {
    const late = this.near ? 0 : this.#lateBy;
    if (late === null) return;
    if (late === 0) {
      if (this.open) arrive();
    } else this.#clock.after(late, () => this.open && arrive());
  }

  #take(packet: Down, sent: () => void): void {
    if (!this.open) {
      sent();
      return;
    }
    this.#buffer.push({ packet, sent });
    this.#buffered += sizeOf(packet);
    this.#carryLater();
  }

  /** As a socket does: not while somebody is still writing. */
  #carryLater(): void {
    if (this.#carrying) return;
    this.#carrying = true;
    this.#clock.after(0, () => {
      this.#carrying = false;
      this.#carry();
    });
  }

  #carry(): void {
    while (this.#inNetwork < NETWORK_BYTES) {
      const next = this.#buffer.shift();
      if (next === undefined) return;
      const { packet, sent } = next;
      this.#buffered -= sizeOf(packet);
      this.#inNetwork += sizeOf(packet);
      const copy = packet.kind === 'frame' ? { ...packet, bytes: packet.bytes.slice() } : packet;
      sent();
      const at = Math.max(this.#lastDown, this.#clock.now() + this.#delays.down);
      this.#lastDown = at;
      this.#clock.after(at - this.#clock.now(), () => {
        this.#arrived.push(copy);
        this.#read();
      });
    }
  }

  #read(): void {
    while (this.#reading && this.near) {
      const packet = this.#arrived.shift();
      if (packet === undefined) return;
      this.#inNetwork -= sizeOf(packet);
      this.#carryLater();
      this.receive(packet);
    }
  }
}

function sizeOf(packet: Down): number {
  return packet.kind === 'frame' ? packet.bytes.length : MESSAGE_BYTES;
}
