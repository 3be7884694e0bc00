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
    const { origin } = new URL(url.replace(/^ws/, 'http'));
    const socket = new WebSocket(url, protocols, { origin, perMessageDeflate: false });
    const line = new Line(socket, wire);
    await once(socket, 'open');
    if (wire.open !== undefined) socket.send(wire.open);
    return line;
  }

  type(text: string): void {
    this.#socket.send(this.#wire.input(text));
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

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #take(frame: Buffer): void {
    const { bytes, end } = this.#wire.output(frame);
    this.#owed += bytes.length;
    if (this.#owed >= ACK_EVERY_BYTES) {
      this.#owed = 0;
      this.#socket.send(this.#wire.ack(end));
    }
    this.#onBytes(bytes);
  }
}
