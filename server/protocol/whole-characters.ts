/**
 * UTF-8 that arrives in pieces, without a character torn apart. xterm.js 6.0.0 loses one that is cut after
 * a second byte of 0x80: “…” and “—”, and all of 、。「」, in UTF-8 e3 80 xx. Page and mirror hand it whole
 * characters.
 */

/** xterm.js cuts longer writes itself, wherever that is. */
export const WRITE_BYTES = 65_536;

const NONE = new Uint8Array(0);

export class WholeCharacters {
  #held = NONE;

  /** What came, with what was held back before it, but for the beginning of a character. */
  take(bytes: Uint8Array): Uint8Array {
    let all = bytes;
    if (this.#held.length > 0) {
      all = new Uint8Array(this.#held.length + bytes.length);
      all.set(this.#held);
      all.set(bytes, this.#held.length);
    }
    const end = all.length - begun(all);
    this.#held = end === all.length ? NONE : all.slice(end);
    return end === all.length ? all : all.subarray(0, end);
  }

  /** What was held back is not wanted any more. */
  drop(): void {
    this.#held = NONE;
  }
}

/** How many bytes at the end begin a character that is not whole. */
function begun(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

/** Of a character that begins with this byte (RFC 3629). */
function lengthOf(lead: number): number {
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf8 ? 4 : 1;
}
