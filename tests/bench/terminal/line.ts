/** The simulated client, the same for every contender: keys out, bytes in, an ack for each 32 KiB. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ACK_EVERY_BYTES, SECOND } from '#protocol/limits.ts';
import { END_MARK } from './text.ts';

const ANSWER_WITHIN_MS = 30 * SECOND;

/** How a contender spells keys, output and acknowledgements. */
export interface Wire {
  /** Said first. */
  readonly open?: string;
  input(text: string): string | Uint8Array;
  /** The bytes of a binary frame, and the position after them. */
  output(frame: Buffer): { readonly bytes: Buffer; readonly end: number };
  ack(end: number): string | Uint8Array;
  /** A text frame; throws when the measurement is worth nothing any more. */
  hear?(text: string, socket: WebSocket): void;
}

export class Line implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #wire: Wire;
  #owed = 0;
  /** Parses what comes; null when it takes no time. */
  #renderer: Renderer | null = null;
  #onBytes: (bytes: Buffer) => void = () => undefined;
  #onBroken: (error: Error) => void = () => undefined;

  private constructor(socket: WebSocket, wire: Wire) {
    this.#socket = socket;
    this.#wire = wire;
    socket.on('message', (data: Buffer, binary) => {
      try {
        if (binary) this.#take(data);
        else wire.hear?.(data.toString(), socket);
      } catch (error) {
        this.#onBroken(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on('close', (code) => this.#onBroken(new Error(`the connection was closed: ${code}`)));
  }

  static async open(url: string, wire: Wire, protocols: string[] = []): Promise<Line> {
    const line = await Line.connect(url, wire, protocols);
    line.hello();
    return line;
  }

  /** Opened, and nothing said yet. */
  static async connect(url: string, wire: Wire, protocols: string[]): Promise<Line> {
    const { origin } = new URL(url.replace(/^ws/, 'http'));
    const socket = new WebSocket(url, protocols, { origin, perMessageDeflate: false });
    const line = new Line(socket, wire);
    await once(socket, 'open');
    return line;
  }

  hello(): void {
    if (this.#wire.open !== undefined) this.#socket.send(this.#wire.open);
  }

  type(text: string): void {
    this.#socket.send(this.#wire.input(text));
  }

  /** Something else than keys, as the contender spells it. */
  say(message: string): void {
    this.#socket.send(message);
  }

  /** From now on output is parsed, and acknowledged, at this rate; null: at once. */
  parseAt(bytesPerMs: number | null): void {
    this.#renderer =
      bytesPerMs === null ? null : new Renderer(bytesPerMs, (bytes, end) => this.#owe(bytes, end));
  }

  /** Runs `begin`, then hands over what arrives until `take` says that it has all. */
  async until(take: (bytes: Buffer) => boolean, begin: () => void): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(() => reject(new Error('no whole answer came in time')), ANSWER_WITHIN_MS);
    this.#onBroken = reject;
    this.#onBytes = (bytes) => {
      if (take(bytes)) resolve();
    };
    try {
      begin();
      await promise;
    } finally {
      clearTimeout(late);
      this.#onBytes = () => undefined;
      this.#onBroken = () => undefined;
    }
  }

  /** Runs a shell command that ends by printing the mark. */
  run(command: string): Promise<void> {
    return this.until(
      (bytes) => bytes.at(-1) === END_MARK,
      () => this.type(`${command}\r`),
    );
  }

  /** Cuts the line without a word, as a network does. */
  cut(): void {
    this.#socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #take(frame: Buffer): void {
    const { bytes, end } = this.#wire.output(frame);
    if (this.#renderer === null) this.#owe(bytes.length, end);
    else this.#renderer.write(bytes.length, end);
    this.#onBytes(bytes);
  }

  #owe(bytes: number, end: number): void {
    this.#owed += bytes;
    if (this.#owed < ACK_EVERY_BYTES || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#owed = 0;
    this.#socket.send(this.#wire.ack(end));
  }
}

/** Takes its time, and says of each frame when it has been parsed. */
class Renderer {
  readonly #bytesPerMs: number;
  readonly #parsed: (bytes: number, end: number) => void;
  readonly #queue: { readonly bytes: number; readonly end: number; readonly due: number }[] = [];
  #busyUntil = 0;

  constructor(bytesPerMs: number, parsed: (bytes: number, end: number) => void) {
    this.#bytesPerMs = bytesPerMs;
    this.#parsed = parsed;
  }

  write(bytes: number, end: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, performance.now()) + bytes / this.#bytesPerMs;
    this.#queue.push({ bytes, end, due: this.#busyUntil });
    if (this.#queue.length === 1) this.#wait();
  }

  #wait(): void {
    const first = this.#queue[0];
    if (first === undefined) return;
    setTimeout(
      () => {
        for (
          let next = this.#queue[0];
          next !== undefined && next.due <= performance.now();
          next = this.#queue[0]
        ) {
          this.#queue.shift();
          this.#parsed(next.bytes, next.end);
        }
        this.#wait();
      },
      Math.max(0, first.due - performance.now()),
    );
  }
}
