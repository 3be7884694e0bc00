/**
 * Where a stream of terminal output may be cut: between characters and outside escape sequences. A
 * snapshot taken at such an offset loses nothing; inside a sequence the terminal's half-read state
 * would be lost with it. States after ECMA-48 and the VT500 parser (vt100.net/emu/dec_ansi_parser).
 */
const GROUND = 0;
const UTF8 = 1;
const ESCAPE = 2;
const CSI = 3;
const OSC = 4; // until BEL or ST
const STRING = 5; // DCS, SOS, PM, APC: until ST
const STRING_ESCAPE = 6;

/** Most bytes of a character that is not whole yet. */
const BEGUN_BYTES = 3;
const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
/** In UTF-8 the controls U+0080 to U+009F begin with it: sequences of one character, which end any other. */
const C1 = 0xc2;

export class Boundary {
  #state = GROUND;
  #missing = 0; // continuation bytes still to come
  #broken = GROUND; // where a character that breaks off leaves it
  #maybeC1 = false;
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
      this.#maybeC1 = false;
    }
    const controlAt = lastC1(chunk);
    if (controlAt > escapeAt) {
      this.#maybeC1 = false;
      this.#state = afterC1(chunk[controlAt + 1] ?? 0);
      this.#safe = this.#offset + controlAt;
      at = controlAt + 2;
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
    if (this.#maybeC1 && isC1(byte)) {
      this.#maybeC1 = false;
      this.#safe = at - 1;
      this.#state = afterC1(byte);
      return;
    }
    this.#maybeC1 = byte === C1;
    switch (this.#state) {
      case GROUND:
        this.#begin(byte, at);
        return;
      case UTF8:
        if ((byte & 0xc0) !== 0x80) {
          this.#state = this.#broken; // broken character: as if nothing of it had come
          this.#step(byte, at);
        } else {
          this.#missing -= 1;
          if (this.#missing === 0) this.#state = GROUND; // also inside a sequence, which it ends
        }
        return;
      case ESCAPE:
        if (byte === 0x5b) this.#state = CSI;
        else if (byte === 0x5d) this.#state = OSC;
        else if (byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) this.#state = STRING;
        else if (byte === ESC) this.#safe = at;
        else if ((byte >= 0x30 && byte < 0x7f) || byte === CAN || byte === SUB) this.#state = GROUND;
        else this.#character(byte);
        return;
      case CSI:
        if (byte === ESC) this.#begin(byte, at);
        else if ((byte >= 0x40 && byte <= 0x7e) || byte === CAN || byte === SUB) this.#state = GROUND;
        else this.#character(byte);
        return;
      case OSC:
      case STRING:
        if ((byte === BEL && this.#state === OSC) || byte === CAN || byte === SUB) this.#state = GROUND;
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
    this.#state = byte === ESC ? ESCAPE : GROUND;
    this.#character(byte);
  }

  /** The first byte of one of several. */
  #character(byte: number): void {
    if (byte < 0xc2 || byte > 0xf4) return;
    this.#broken = this.#state;
    this.#state = UTF8;
    this.#missing = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
  }
}

function isC1(byte: number): boolean {
  return byte >= 0x80 && byte <= 0x9f;
}

function afterC1(byte: number): number {
  if (byte === 0x9b) return CSI;
  if (byte === 0x9d) return OSC;
  // DCS, SOS, PM, APC
  return byte === 0x90 || byte === 0x98 || byte === 0x9e || byte === 0x9f ? STRING : GROUND;
}

/** Where the last whole one begins. */
function lastC1(chunk: Uint8Array): number {
  let at = chunk.length - 1;
  do at = at > 0 ? chunk.lastIndexOf(C1, at - 1) : -1;
  while (at >= 0 && !isC1(chunk[at + 1] ?? 0));
  return at;
}
