import { Duplex } from 'node:stream';
import { CHUNK_BYTES, encodeFrame, KIND, MalformedFrame, WINDOW_BYTES } from './frames.ts';

export type Send = (frame: Buffer) => void;

/** Bytes to the agent on one channel, no faster than it grants. */
export class CreditedWriter {
  readonly #channel: number;
  readonly #send: Send;
  #credit = WINDOW_BYTES;
  #waiting: Buffer = Buffer.alloc(0);
  #done: (() => void) | null = null;

  constructor(channel: number, send: Send) {
    this.#channel = channel;
    this.#send = send;
  }

  /** One write at a time: `done` is called when all of it has been sent. */
  write(bytes: Uint8Array, done: () => void): void {
    this.#waiting = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#done = done;
    this.#flush();
  }

  grant(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit > WINDOW_BYTES) throw new MalformedFrame('more was granted than had been sent');
    this.#flush();
  }

  end(): void {
    this.#send(encodeFrame(KIND.END, this.#channel));
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#credit > 0) {
      const piece = this.#waiting.subarray(0, Math.min(CHUNK_BYTES, this.#credit));
      this.#waiting = this.#waiting.subarray(piece.length);
      this.#credit -= piece.length;
      this.#send(encodeFrame(KIND.DATA, this.#channel, piece));
    }
    if (this.#waiting.length > 0) return;
    const done = this.#done;
    this.#done = null;
    done?.();
  }
}

/** A connection of a program inside, as a stream: each way has a window, so none holds up another. */
export class AgentStream extends Duplex {
  readonly #channel: number;
  readonly #send: Send;
  readonly #writer: CreditedWriter;
  readonly #forget: () => void;
  #window = WINDOW_BYTES;
  #read = 0;
  #over = false;

  constructor(channel: number, send: Send, forget: () => void) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
    this.#send = send;
    this.#forget = forget;
    this.#writer = new CreditedWriter(channel, send);
  }

  /** A frame of this channel from the agent. */
  frame(kind: number, payload: Buffer): void {
    if (kind === KIND.DATA) this.#data(payload);
    else if (kind === KIND.END) this.push(null);
    else if (kind === KIND.CREDIT) this.#writer.grant(payload.readUInt32BE(0));
    else if (kind === KIND.RESET) this.broken('the connection was reset');
    else throw new MalformedFrame(`kind ${kind} on a connection`);
  }

  /** The other side is gone: nothing more is sent to it. */
  broken(reason: string): void {
    this.#over = true;
    this.destroy(Object.assign(new Error(reason), { code: 'ECONNRESET' }));
  }

  #data(payload: Buffer): void {
    this.#window -= payload.length;
    if (this.#window < 0) throw new MalformedFrame('more was sent than had been granted');
    this.#read += payload.length;
    if (this.push(payload)) this.#grant();
  }

  #grant(): void {
    if (this.#read === 0 || this.destroyed) return;
    const grant = Buffer.alloc(4);
    grant.writeUInt32BE(this.#read);
    this.#window += this.#read;
    this.#read = 0;
    this.#send(encodeFrame(KIND.CREDIT, this.#channel, grant));
  }

  override _read(): void {
    this.#grant();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#writer.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#writer.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const finished = this.readableEnded && this.writableFinished;
    if (!this.#over && !finished) this.#send(encodeFrame(KIND.RESET, this.#channel));
    this.#forget();
    done(error);
  }
}
