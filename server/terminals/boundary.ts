/**
 * Where a stream of terminal output may be cut: between characters and outside escape sequences. A
 * snapshot taken at such an offset loses nothing; inside a sequence the terminal's half-read state
 * would be lost with it. States after ECMA-48 and the VT500 parser (vt100.net/emu/dec_ansi_parser).
 */
const GROUND = 0;
const UTF8 = 1;
const ESCAPE = 2;
const CSI = 3;
const STRING = 4; // OSC, DCS, SOS, PM, APC: until BEL or ST
const STRING_ESCAPE = 5;

/** Most bytes of a character that is not whole yet. */
const BEGUN_BYTES = 3;
const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;

export class Boundary {
  #state = GROUND;
  #missing = 0; // continuation bytes still to come
  #offset: number;
  #safe: number;

  constructor(base: number) {
    this.#offset = base;
    this.#safe = base;
  }

  /** The last offset at which the stream may be cut. */
  get safe(): number {
    return this.#safe;
  }

  /** Looks at few of the bytes: the mirror's worker has better things to do than to read all twice. */
  push(chunk: Uint8Array): void {
    const last = chunk.length - 1;
    let at = 0;
    // Whatever stood before it, an ESC begins anew, or ends a string when a backslash follows; so the
    // last one decides, unless it is the last byte, where nobody knows yet.
    const escapeAt = last > 0 ? chunk.lastIndexOf(ESC, last - 1) : -1;
    if (escapeAt >= 0) {
      this.#state = ESCAPE;
      this.#safe = this.#offset + escapeAt;
      at = escapeAt + 1;
    }
    while (at <= last) {
      // In plain text only a character that has begun, or a last ESC, can matter.
      if (this.#state === GROUND) at = Math.max(at, last + 1 - BEGUN_BYTES);
      this.#step(chunk[at] ?? 0, this.#offset + at);
      at += 1;
    }
    this.#offset += chunk.length;
    if (this.#state === GROUND) this.#safe = this.#offset;
  }

  #step(byte: number, at: number): void {
    switch (this.#state) {
      case GROUND:
        this.#begin(byte, at);
        return;
      case UTF8:
        if ((byte & 0xc0) !== 0x80) {
          this.#begin(byte, at); // broken character: what follows starts afresh
        } else {
          this.#missing -= 1;
          if (this.#missing === 0) this.#state = GROUND;
        }
        return;
      case ESCAPE:
        if (byte === 0x5b) this.#state = CSI;
        else if (byte === 0x5d || byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) {
          this.#state = STRING;
        } else if (byte === ESC) this.#safe = at;
        else if (byte >= 0x30 || byte === CAN || byte === SUB) this.#state = GROUND;
        return;
      case CSI:
        if (byte === ESC) this.#begin(byte, at);
        else if ((byte >= 0x40 && byte <= 0x7e) || byte === CAN || byte === SUB) this.#state = GROUND;
        return;
      case STRING:
        if (byte === BEL || byte === CAN || byte === SUB) this.#state = GROUND;
        else if (byte === ESC) this.#state = STRING_ESCAPE;
        return;
      default:
        // ESC ends the string; a backslash completes ST, anything else begins a sequence of its own.
        if (byte === 0x5c) this.#state = GROUND;
        else {
          this.#safe = at - 1;
          this.#state = ESCAPE;
          this.#step(byte, at);
        }
    }
  }

  #begin(byte: number, at: number): void {
    this.#safe = at;
    if (byte === ESC) this.#state = ESCAPE;
    else if (byte >= 0xc2 && byte <= 0xf4) {
      this.#state = UTF8;
      this.#missing = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    } else this.#state = GROUND;
  }
}
