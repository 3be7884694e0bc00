/**
 * Binary frames: what is bytes (output may break inside a character), and what comes with every key,
 * so that no JSON stands between a finger and its echo. All numbers are big endian and unsigned.
 *
 *   byte 0      kind
 *   bytes 1–2   the terminal's number in this room
 *   then        output    8 bytes absolute offset of the first payload byte, payload
 *               snapshot  8 bytes offset, 8 bytes gap, 2 bytes columns, 2 bytes rows,
 *                         raw DEFLATE (RFC 1951) of the screen as UTF-8 escape sequences
 *               input     4 bytes epoch, 4 bytes i, 4 bytes client's clock in ms (its low bits),
 *                         1 byte flags (1: an answer of the terminal itself), bytes
 *               ack       8 bytes absolute offset
 */
const KIND = { output: 1, snapshot: 2, input: 3, ack: 4 } as const;

export const OUTPUT_HEADER_BYTES = 11;
export const INPUT_HEADER_BYTES = 16;
const SNAPSHOT_HEADER_BYTES = 23;
const ACK_BYTES = 11;
const HALF = 2 ** 32;
const ANSWER = 1;

/** Terminal output. */
export interface OutputFrame {
  readonly kind: 'output';
  readonly terminal: number;
  /** Absolute byte offset of `bytes[0]` in everything that the terminal ever printed. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The screen as of `offset`, to be written into a reset terminal of this size. */
export interface SnapshotFrame {
  readonly kind: 'snapshot';
  readonly terminal: number;
  readonly offset: number;
  /** Bytes that this client never gets. */
  readonly gap: number;
  readonly cols: number;
  readonly rows: number;
  /** Raw DEFLATE of the screen's UTF-8. */
  readonly packed: Uint8Array;
}

/** Keys, or an answer of the terminal itself (`answer`: a report that a program asked for). */
export interface InputFrame {
  readonly kind: 'input';
  readonly terminal: number;
  /** The keyboard's when typed. */
  readonly epoch: number;
  /** Counts up per tab and terminal, for at-most-once. */
  readonly i: number;
  /** The client's clock when it was pressed: ms, modulo 2³². */
  readonly at: number;
  readonly answer: boolean;
  readonly bytes: Uint8Array;
}

/** Everything before `offset` has been parsed by the client's terminal. Cumulative. */
export interface AckFrame {
  readonly kind: 'ack';
  readonly terminal: number;
  readonly offset: number;
}

export type ServerFrame = OutputFrame | SnapshotFrame;
export type ClientFrame = InputFrame | AckFrame;

export function writeOutputHeader(target: Uint8Array, terminal: number, offset: number): void {
  begin(target, KIND.output, terminal);
  writeWide(target, 3, offset);
}

export function encodeSnapshot(frame: Omit<SnapshotFrame, 'kind'>): Uint8Array {
  const bytes = new Uint8Array(SNAPSHOT_HEADER_BYTES + frame.packed.length);
  begin(bytes, KIND.snapshot, frame.terminal);
  writeWide(bytes, 3, frame.offset);
  writeWide(bytes, 11, frame.gap);
  writeShort(bytes, 19, frame.cols);
  writeShort(bytes, 21, frame.rows);
  bytes.set(frame.packed, SNAPSHOT_HEADER_BYTES);
  return bytes;
}

export function encodeInput(frame: Omit<InputFrame, 'kind'>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(INPUT_HEADER_BYTES + frame.bytes.length);
  begin(bytes, KIND.input, frame.terminal);
  writeWord(bytes, 3, frame.epoch);
  writeWord(bytes, 7, frame.i);
  writeWord(bytes, 11, frame.at % HALF);
  bytes[15] = frame.answer ? ANSWER : 0;
  bytes.set(frame.bytes, INPUT_HEADER_BYTES);
  return bytes;
}

export function encodeAck(terminal: number, offset: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ACK_BYTES);
  begin(bytes, KIND.ack, terminal);
  writeWide(bytes, 3, offset);
  return bytes;
}

/** Null for a frame of a kind that this version does not know. */
export function decodeServerFrame(data: Uint8Array): ServerFrame | null {
  if (data[0] === KIND.output && data.length >= OUTPUT_HEADER_BYTES) {
    const bytes = data.subarray(OUTPUT_HEADER_BYTES);
    return { kind: 'output', terminal: readShort(data, 1), offset: readWide(data, 3), bytes };
  }
  if (data[0] === KIND.snapshot && data.length >= SNAPSHOT_HEADER_BYTES) {
    return {
      kind: 'snapshot',
      terminal: readShort(data, 1),
      offset: readWide(data, 3),
      gap: readWide(data, 11),
      cols: readShort(data, 19),
      rows: readShort(data, 21),
      packed: data.subarray(SNAPSHOT_HEADER_BYTES),
    };
  }
  return null;
}

/** Null for what is no frame of a client. */
export function decodeClientFrame(data: Uint8Array): ClientFrame | null {
  if (data[0] === KIND.input && data.length >= INPUT_HEADER_BYTES) {
    return {
      kind: 'input',
      terminal: readShort(data, 1),
      epoch: readWord(data, 3),
      i: readWord(data, 7),
      at: readWord(data, 11),
      answer: data[15] === ANSWER,
      bytes: data.subarray(INPUT_HEADER_BYTES),
    };
  }
  if (data[0] === KIND.ack && data.length === ACK_BYTES) {
    return { kind: 'ack', terminal: readShort(data, 1), offset: readWide(data, 3) };
  }
  return null;
}

function begin(target: Uint8Array, kind: number, terminal: number): void {
  target[0] = kind;
  writeShort(target, 1, terminal);
}

function writeShort(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 8;
  target[at + 1] = value;
}

function writeWord(target: Uint8Array, at: number, value: number): void {
  writeShort(target, at, value >>> 16);
  writeShort(target, at + 2, value);
}

/** Up to 2^53, in halves: a BigInt costs more than the rest of the header. */
function writeWide(target: Uint8Array, at: number, value: number): void {
  writeWord(target, at, Math.floor(value / HALF));
  writeWord(target, at + 4, value % HALF);
}

function readShort(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}

function readWord(data: Uint8Array, at: number): number {
  return readShort(data, at) * 0x1_00_00 + readShort(data, at + 2);
}

function readWide(data: Uint8Array, at: number): number {
  return readWord(data, at) * HALF + readWord(data, at + 4);
}
