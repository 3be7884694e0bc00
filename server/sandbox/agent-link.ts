import type { Socket } from 'node:net';
import { type Frame, FrameReader, KIND, MalformedFrame } from './frames.ts';

/** One link to the agent: frames out, frames in, and a reason when what comes in makes no sense. */
export class AgentLink {
  readonly #socket: Socket;
  readonly ready: Promise<void>;
  readonly send = (frame: Buffer): void => {
    if (this.#socket.writable) this.#socket.write(frame);
  };

  constructor(socket: Socket, onFrame: (frame: Frame) => void, onBroken: (reason: string) => void) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    let greeted = false;
    const reader = new FrameReader((frame) => {
      if (greeted) onFrame(frame);
      else if (frame.kind !== KIND.READY) throw new MalformedFrame('no greeting');
      greeted = true;
      if (frame.kind === KIND.READY) resolve();
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof MalformedFrame || error instanceof RangeError)) throw error;
        socket.destroy();
        onBroken(`the agent speaks nonsense: ${error.message}`);
      }
    });
    socket.on('close', () => onBroken('the agent has ended'));
  }

  /** Bytes that the agent has not taken yet. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** An answer is a few numbers and a sentence. */
const JSON_BYTES = 8192;
const REASON_CHARACTERS = 500;

/** What was said inside, as one line for logs and sentences: nothing in it moves a cursor or turns text around. */
export function printable(said: string, characters = REASON_CHARACTERS): string {
  const line = said.slice(0, characters * 2).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.trim().slice(0, characters);
}

/** The JSON of a frame as an object of unknown members, checked one by one by the reader. */
export function parseJson(payload: Buffer): Readonly<Record<string, unknown>> {
  if (payload.length > JSON_BYTES) throw new MalformedFrame('an answer is too long');
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (error) {
    throw new MalformedFrame('a payload is no JSON', { cause: error });
  }
  throw new MalformedFrame('a payload is no object');
}

export function parseExit(payload: Buffer): { readonly code: number | null; readonly signal: string | null } {
  const { code, signal } = parseJson(payload);
  return {
    code: typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= 255 ? code : null,
    signal: typeof signal === 'string' && /^SIG[A-Z0-9+-]{1,12}$/.test(signal) ? signal : null,
  };
}

export function parseReason(payload: Buffer): string {
  const { reason } = parseJson(payload);
  return typeof reason === 'string' ? printable(reason) : 'unknown';
}
