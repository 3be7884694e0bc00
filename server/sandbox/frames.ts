/**
 * The link between the server and the agent inside a sandbox.
 *
 * A frame is a header of 9 bytes (length of the payload: u32, kind: u8, channel: u32, all big-endian)
 * and a payload of at most `MAX_PAYLOAD` bytes. There are two links, so that a large download never
 * delays a key: `terminals` carries ptys, `work` carries exec, files and forwarded connections.
 * The server gives out channels below `AGENT_CHANNELS`, the agent those above. `inside/basics.py` holds
 * the same numbers.
 */

export const HEADER_BYTES = 9;
/** Programs read and write 64 KiB at a time; the rest is room for a JSON payload. */
export const MAX_PAYLOAD = 256 * 1024;
/** How many bytes of DATA a side may send on a channel before the other has granted more. */
export const WINDOW_BYTES = 256 * 1024;
/** DATA is cut into pieces of this size. */
export const CHUNK_BYTES = 64 * 1024;
export const AGENT_CHANNELS = 0x80000000;

export const KIND = {
  // To the agent, on the link for terminals.
  /** JSON {argv, cols, rows}: open a pty; answered by OPENED or FAILED. */
  OPEN: 1,
  /** Bytes typed. */
  INPUT: 2,
  /** u16 columns, u16 rows. */
  RESIZE: 3,
  PAUSE: 4,
  RESUME: 5,
  /** u8 signal number. */
  KILL: 6,
  /** Answered by PONG at once. */
  PING: 7,
  // To the agent, on the link for work.
  /** JSON {argv, timeoutMs, maxBytes}; stdin follows as DATA and END. Answered by STDOUT*, STDERR*, DONE. */
  EXEC: 16,
  /** JSON {path, mode}; the content follows as DATA and END. Answered by DONE or FAILED. */
  WRITE: 17,
  /** JSON {path, maxBytes}. Answered by DATA* and DONE, or FAILED. */
  READ: 18,
  /** JSON {port}. Answered by DONE or FAILED; then ACCEPT for each connection. */
  LISTEN: 19,
  /** JSON {port}: reach a program on 127.0.0.1. Answered by DONE, and the channel is the connection's; or by FAILED. */
  CONNECT: 20,
  /** JSON {env}: from now on the environment of every program, and nothing beside it. Answered by DONE. */
  DRESS: 31,
  // Both ways, on the link for work.
  DATA: 32,
  /** No more DATA from this side. */
  END: 33,
  /** u32: this many more bytes of DATA may be sent. */
  CREDIT: 34,
  /** The channel is gone, whatever was on its way. */
  RESET: 35,
  // From the agent.
  /** On each link, once, before anything else. */
  READY: 64,
  OPENED: 65,
  OUTPUT: 66,
  /** u8: 0 while the terminal reads a line without showing it (a password prompt), else 1. */
  ECHO: 67,
  /** JSON {code, signal}, after the last OUTPUT. */
  EXIT: 68,
  /** JSON {reason, status?}. */
  FAILED: 69,
  /** Size and room of the home and of /tmp: four u64; nothing when they cannot be told. */
  PONG: 70,
  /** JSON, by request. */
  DONE: 80,
  STDOUT: 81,
  STDERR: 82,
  /** u32: the channel of the LISTEN; this frame's channel is the new connection's. */
  ACCEPT: 83,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

export interface Frame {
  readonly kind: number;
  readonly channel: number;
  readonly payload: Buffer;
}

export function encodeFrame(kind: Kind, channel: number, payload: Uint8Array | null = null): Buffer {
  const length = payload?.length ?? 0;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt32BE(channel, 5);
  if (payload) frame.set(payload, HEADER_BYTES);
  return frame;
}

export function encodeJson(kind: Kind, channel: number, value: object): Buffer {
  return encodeFrame(kind, channel, Buffer.from(JSON.stringify(value)));
}

/** What came over the link is no frame: whoever speaks on the other side is not our agent any more. */
export class MalformedFrame extends Error {}

/**
 * Cuts a stream of bytes into frames. Payloads may share memory with the chunks that were pushed. What a
 * pty prints has no beginning and no end: an OUTPUT is passed on in the pieces in which it comes, since
 * putting it together would double the memory that a flood leaves to be collected.
 */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Bytes of the payload still to come. */
  #missing = 0;
  /** Of a payload that began in an earlier chunk: one allocation of its size, not one per chunk of it. */
  #payload: Buffer | null = null;
  #payloadBytes = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    for (;;) {
      if (this.#headerBytes < HEADER_BYTES) {
        const copied = rest.copy(this.#header, this.#headerBytes);
        rest = rest.subarray(copied);
        this.#headerBytes += copied;
        if (this.#headerBytes < HEADER_BYTES) return;
        this.#missing = this.#header.readUInt32BE(0);
        if (this.#missing > MAX_PAYLOAD) throw new MalformedFrame(`a frame announces ${this.#missing} bytes`);
      }
      if (this.#missing > 0 && rest.length === 0) return;
      const piece = rest.subarray(0, this.#missing);
      rest = rest.subarray(piece.length);
      this.#missing -= piece.length;
      const kind = this.#header.readUInt8(4);
      const payload = kind === KIND.OUTPUT ? piece : this.#whole(piece);
      if (this.#missing === 0) this.#headerBytes = 0;
      if (payload !== null) this.#onFrame({ kind, channel: this.#header.readUInt32BE(5), payload });
    }
  }

  /** Null while bytes are missing. */
  #whole(piece: Buffer): Buffer | null {
    if (this.#payload === null && this.#missing === 0) return piece;
    this.#payload ??= Buffer.allocUnsafeSlow(piece.length + this.#missing);
    this.#payloadBytes += piece.copy(this.#payload, this.#payloadBytes);
    if (this.#missing > 0) return null;
    const whole = this.#payload;
    this.#payload = null;
    this.#payloadBytes = 0;
    return whole;
  }
}
