/** One person who comes to a seat of their own, with nothing between the socket and the clock. */
import { WebSocket } from 'ws';
import { decodeServerFrame } from '#protocol/frames.ts';
import type { ClientMessage, ServerMessage } from '#protocol/messages.ts';
import type { Person } from '../../support/person.ts';
import { doorOf, OursWire, spell } from '../terminal/ours.ts';

/** OSC 133;B: the prompt is whole, and the shell waits for a command. */
const PROMPT = Buffer.from('\x1b]133;B');
/** Nobody waits longer for a shell than for a page. */
const PATIENCE_MS = 60_000;

export interface Arrival {
  /** From the hello to the first prompt at this client, ms; null when none came. */
  readonly readyMs: number | null;
  /** What was said instead. */
  readonly refused: string | null;
  /** A place in the queue was told. */
  readonly queued: boolean;
}

/** Is in the room as long as it is not disposed. */
export class Newcomer implements Disposable {
  readonly arrival: Promise<Arrival>;
  readonly #socket: WebSocket;
  readonly #arrived = Promise.withResolvers<Arrival>();
  state: 'waiting' | 'queued' | 'served' | 'refused' = 'waiting';
  #helloAt = 0;
  #queued = false;
  #tail: Buffer = Buffer.alloc(0);
  #onPrompt: ((at: number) => void) | null = null;
  #onRefusal: ((code: string) => void) | null = null;

  private constructor(url: string, protocols: string[], origin: string) {
    this.arrival = this.#arrived.promise;
    const socket = new WebSocket(url, protocols, { origin, perMessageDeflate: false });
    this.#socket = socket;
    const late = setTimeout(() => this.#give('no prompt came'), PATIENCE_MS);
    void this.arrival.then(() => clearTimeout(late));
    socket.on('open', () => {
      this.#helloAt = performance.now();
      socket.send(new OursWire().open);
    });
    socket.on('message', (data: Buffer, binary) => (binary ? this.#output(data) : this.#hear(data)));
    socket.on('unexpected-response', (_, answer) => this.#give(`refused: ${answer.statusCode}`));
    socket.on('error', (error) => this.#give(error.message));
    socket.on('close', () => this.#give('the connection was closed'));
  }

  static async enter(person: Person, room: string): Promise<Newcomer> {
    const [url, protocols] = await doorOf(person, room);
    return new Newcomer(url, protocols, person.origin);
  }

  /** Says this; ms until the next prompt is here. Rejects when it is refused. */
  async promptAfter(message: ClientMessage): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#tail = Buffer.alloc(0);
    this.#onPrompt = resolve;
    this.#onRefusal = (code) => reject(new Error(`refused: ${code}`));
    const said = performance.now();
    this.#say(message);
    return (await promise) - said;
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  #say(message: ClientMessage): void {
    this.#socket.send(spell(message));
  }

  #output(data: Buffer): void {
    const frame = decodeServerFrame(data);
    if (frame === null || frame.kind !== 'output') return;
    this.#tail = Buffer.concat([this.#tail, frame.bytes]);
    if (!this.#tail.includes(PROMPT)) {
      this.#tail = this.#tail.subarray(-PROMPT.length);
      return;
    }
    const at = performance.now();
    this.state = 'served';
    this.#tail = Buffer.alloc(0);
    this.#arrived.resolve({ readyMs: at - this.#helloAt, refused: null, queued: this.#queued });
    this.#onPrompt?.(at);
    this.#onPrompt = null;
  }

  #hear(data: Buffer): void {
    const message = JSON.parse(data.toString()) as ServerMessage;
    if (message.t === 'beat') this.#say({ t: 'beat' });
    else if (message.t === 'reply' && message.error !== null) this.#onRefusal?.(message.error.code);
    else if (message.t === 'bye') this.#give(message.code);
    else if (message.t === 'terminal') {
      const { state } = message.info;
      if (state.status === 'failed') this.#give(state.refusal.code);
      if (state.status === 'starting' && state.queue !== null) {
        this.#queued = true;
        this.state = 'queued';
      }
    }
  }

  #give(refused: string): void {
    if (this.state !== 'served') this.state = 'refused';
    this.#arrived.resolve({ readyMs: null, refused, queued: this.#queued });
  }
}
