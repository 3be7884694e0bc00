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

/** The JSON of a frame as an object of unknown members, checked one by one by the reader. */
export function parseJson(payload: Buffer): Readonly<Record<string, unknown>> {
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
    code: Number.isInteger(code) && typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal.slice(0, 16) : null,
  };
}

export function parseReason(payload: Buffer): string {
  const { reason } = parseJson(payload);
  return typeof reason === 'string' ? reason.slice(0, 500) : 'unknown';
}
