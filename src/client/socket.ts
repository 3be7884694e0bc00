/** One room's connection: ticket, socket, heartbeat, and coming back. It knows frames, not rooms. */
import type { TicketAnswer } from '#protocol/api.ts';
import { ERRORS, type ErrorCode, errorOfClose } from '#protocol/errors.ts';
import { decodeServerFrame, type ServerFrame } from '#protocol/frames.ts';
import { DEAD_AFTER_MS, HEARTBEAT_MS } from '#protocol/limits.ts';
import {
  type ClientMessage,
  type Refusal,
  type ServerMessage,
  SOCKET_PATH,
  SUBPROTOCOL,
  TICKET_PREFIX,
} from '#protocol/messages.ts';
import { call } from './api.ts';
import { reconnectDelay } from './backoff.ts';

export type Line =
  | { readonly status: 'connecting' }
  | { readonly status: 'open' }
  /** Lost; trying again at `retryAt`. */
  | { readonly status: 'lost'; readonly retryAt: number }
  /** For good: trying again cannot help. */
  | { readonly status: 'ended'; readonly refusal: Refusal };

export interface SocketEvents {
  /** The hello, made anew for each connection: offsets move. */
  readonly hello: () => ClientMessage;
  readonly message: (message: ServerMessage) => void;
  readonly frame: (frame: ServerFrame) => void;
  readonly line: (line: Line) => void;
}

const NORMAL = 1000;
/** A line that is asked and does not answer in this time is given up. */
const ANSWER_WITHIN_MS = 3000;
/** After a welcome that lasted this long the next loss starts counting from nothing. */
const STABLE_MS = 5000;

export class RoomSocket {
  readonly #room: string;
  readonly #events: SocketEvents;
  #ws: WebSocket | null = null;
  #welcomed = false;
  #attempt = 0;
  #openedAt = 0;
  #heardAt = 0;
  #ended = false;
  #bye: ErrorCode | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #beat: ReturnType<typeof setInterval>;
  #doubting: ReturnType<typeof setTimeout> | undefined;

  constructor(room: string, events: SocketEvents) {
    this.#room = room;
    this.#events = events;
    this.#beat = setInterval(() => this.#tick(), HEARTBEAT_MS / 3);
    window.addEventListener('online', this.#hurry);
    window.addEventListener('offline', this.#doubt);
    document.addEventListener('visibilitychange', this.#hurry);
    void this.#connect();
  }

  /**
   * False when there is no line, and before the welcome, when the server listens to a hello alone: the
   * caller decides what becomes of the message.
   */
  send(message: ClientMessage): boolean {
    if (!this.#welcomed || this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(JSON.stringify(message));
    return true;
  }

  /**
   * Keys and acknowledgements; without a line they are lost, and keys come again after the welcome. A key
   * that overtook those would make the server drop them as older ones. False when there is no line.
   */
  sendFrame(frame: Uint8Array<ArrayBuffer>): boolean {
    if (!this.#welcomed || this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(frame);
    if (Date.now() - this.#heardAt > ANSWER_WITHIN_MS) this.#doubt();
    return true;
  }

  /** Something was missed: come back at once, and be told afresh. */
  resync(): void {
    this.#drop();
    void this.#connect();
  }

  close(): void {
    this.#ended = true;
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    window.removeEventListener('online', this.#hurry);
    window.removeEventListener('offline', this.#doubt);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#drop();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#events.line({ status: 'connecting' });
    const answer = await call<TicketAnswer>('POST', `/api/rooms/${this.#room}/ticket`, {});
    if (this.#ended || this.#ws !== null) return;
    if (!answer.ok) {
      if (answer.refusal === 'offline' || ERRORS[answer.refusal.code].retryable) this.#wait();
      else this.#end(answer.refusal);
      return;
    }
    this.#open(answer.value.ticket);
  }

  #open(ticket: string): void {
    const url = `${location.origin.replace(/^http/, 'ws')}${SOCKET_PATH}`;
    const ws = new WebSocket(url, [SUBPROTOCOL, TICKET_PREFIX + ticket]);
    ws.binaryType = 'arraybuffer';
    this.#ws = ws;
    this.#welcomed = false;
    this.#bye = null;
    this.#heardAt = Date.now();
    ws.onopen = () => {
      this.#openedAt = Date.now();
      ws.send(JSON.stringify(this.#events.hello()));
    };
    ws.onmessage = (event: MessageEvent<ArrayBuffer | string>) => {
      if (ws === this.#ws) this.#hear(event.data);
    };
    ws.onclose = (event) => {
      if (ws === this.#ws) this.#lost(event.code);
    };
  }

  #hear(data: ArrayBuffer | string): void {
    this.#heardAt = Date.now();
    if (typeof data !== 'string') {
      const frame = decodeServerFrame(new Uint8Array(data));
      if (frame !== null) this.#events.frame(frame);
      return;
    }
    // The server is the one author of these frames; kinds that we do not know fall through.
    const message = JSON.parse(data) as ServerMessage;
    if (message.t === 'bye') this.#bye = message.code;
    if (message.t === 'welcome') {
      this.#welcomed = true;
      this.#events.line({ status: 'open' });
    }
    this.#events.message(message);
  }

  #lost(closeCode: number): void {
    if (Date.now() - this.#openedAt > STABLE_MS) this.#attempt = 0;
    this.#ws = null;
    const code = this.#bye ?? errorOfClose(closeCode);
    if (code !== null && !ERRORS[code].retryable) this.#end({ code, values: {} });
    else this.#wait();
  }

  #wait(): void {
    if (this.#ended) return;
    const delay = reconnectDelay(this.#attempt, Math.random());
    this.#attempt += 1;
    this.#events.line({ status: 'lost', retryAt: Date.now() + delay });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), delay);
  }

  #end(refusal: Refusal): void {
    this.close();
    this.#events.line({ status: 'ended', refusal });
  }

  /** Does anybody hear? A network that is gone may not be needed: the server can be on this machine. */
  readonly #doubt = (): void => {
    if (this.#doubting !== undefined || !this.send({ t: 'ping' })) return;
    const asked = Date.now();
    this.#doubting = setTimeout(() => {
      this.#doubting = undefined;
      if (this.#ws === null || this.#heardAt >= asked) return;
      this.#drop();
      this.#wait();
    }, ANSWER_WITHIN_MS);
  };

  #drop(): void {
    clearTimeout(this.#doubting);
    this.#doubting = undefined;
    const ws = this.#ws;
    this.#ws = null;
    ws?.close(NORMAL);
  }

  #sentAt = 0;
  #tick(): void {
    const now = Date.now();
    if (this.#ws === null) return;
    if (now - this.#heardAt > DEAD_AFTER_MS) {
      this.#drop();
      this.#wait();
    } else if (now - this.#sentAt >= HEARTBEAT_MS - HEARTBEAT_MS / 6) {
      this.#sentAt = now;
      this.send({ t: 'beat' });
    }
  }

  /** The network is back, or somebody looks at the tab again: do not let them wait for the timer. */
  readonly #hurry = (): void => {
    if (document.hidden || this.#ended) return;
    this.#tick();
    if (this.#ws === null && this.#retry !== undefined) void this.#connect();
  };
}
