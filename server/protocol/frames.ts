/**
 * Terminal output on the wire: binary, since it is bytes and may break inside a character.
 *
 *   byte 0      kind (1 = output)
 *   bytes 1–2   the terminal's number in this room, big endian
 *   bytes 3–10  absolute offset of the first payload byte, big endian, unsigned
 *   bytes 11–   payload
 */
export const OUTPUT_HEADER_BYTES = 11;
const OUTPUT = 1;

export interface OutputFrame {
  readonly terminal: number;
  /** Absolute byte offset of `bytes[0]` in everything that the terminal ever printed. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export function writeOutputHeader(target: Uint8Array, terminal: number, offset: number): void {
  const view = new DataView(target.buffer, target.byteOffset, OUTPUT_HEADER_BYTES);
  view.setUint8(0, OUTPUT);
  view.setUint16(1, terminal);
  view.setBigUint64(3, BigInt(offset));
}

/** Null for a frame of a kind that this version does not know. */
export function decodeOutput(data: Uint8Array): OutputFrame | null {
  if (data.length < OUTPUT_HEADER_BYTES || data[0] !== OUTPUT) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    terminal: view.getUint16(1),
    offset: Number(view.getBigUint64(3)),
    bytes: data.subarray(OUTPUT_HEADER_BYTES),
  };
}
