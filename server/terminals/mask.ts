/**
 * Values that watchers must not see: found in a stream of output wherever its chunks end, and painted
 * over where they stand, so that lengths and offsets stay. It knows bytes and absolute offsets, and
 * nothing of who watches or where the values come from.
 *
 * A search for each value would read all output as often as there are values. Instead every value is
 * found by the four bytes at some place within its first STRIDE bytes, and the stream is looked at
 * once in STRIDE bytes: of all the places where a value may begin, none lies between two looks. Only
 * the few bytes after a chunk's last look are read one by one.
 */
import { Ranges } from './ranges.ts';

/** Shorter values stand in innocent output too often, and could be told by their length. */
const SHORTEST_BYTES = 8;
/** A token, and secret key and session token of 31 people: within the hour that these are valid, more than take turns. */
export const MOST_SECRETS = 64;
/** Fewer matching bytes than these are shown at once: else nearly every prompt would wait for its next byte. */
const HELD_FROM_BYTES = 4;
/** What one look reads. */
const GRAM_BYTES = 4;
/** Larger ones would save nothing that can be measured, and leave more bytes to be read one by one. */
const LONGEST_STRIDE = 32;
/** 16 Ki slots: even with all secrets, seven of eight looks at other output end there. */
const SLOT_BITS = 14;
const ASTERISK = 0x2a;

/** Four bytes of a secret, and how many come before them. */
interface Sighting {
  readonly secret: Uint8Array;
  readonly before: number;
}

/** The stream ends with this many first bytes of a secret. */
interface Begun {
  readonly secret: Uint8Array;
  readonly matched: number;
}

export class Mask {
  /** From the oldest to the newest. */
  #secrets: Uint8Array[] = [];
  #stride = 1;
  readonly #slots = new Uint8Array(1 << SLOT_BITS);
  readonly #sightings = new Map<number, Sighting[]>();
  /** By the byte that they begin with. */
  #byFirst: readonly (readonly Uint8Array[])[] = [];
  #begun: Begun[] = [];
  readonly #masked = new Ranges();
  #end: number;
  #safe: number;

  /** `base`: the absolute offset of the first byte that it will be shown. */
  constructor(base: number) {
    this.#end = base;
    this.#safe = base;
  }

  /**
   * Hides a value that begins in bytes pushed from now on. The oldest of more than MOST_SECRETS is
   * forgotten; one that is hidden again counts as new. Values below 8 bytes are a RangeError.
   */
  hide(secret: Uint8Array): void {
    if (secret.length < SHORTEST_BYTES) {
      throw new RangeError(`${secret.length} bytes are too few to be hidden; ${SHORTEST_BYTES} are needed`);
    }
    const known = this.#secrets.find((other) => Buffer.compare(other, secret) === 0);
    if (known !== undefined) {
      this.#secrets = [...this.#secrets.filter((other) => other !== known), known];
      return;
    }
    this.#secrets = [...this.#secrets, Uint8Array.from(secret)].slice(-MOST_SECRETS);
    this.#prepare();
  }

  /** The next bytes of the stream. Nothing of them is kept. */
  push(chunk: Uint8Array): void {
    if (this.#secrets.length > 0) {
      this.#continue(chunk);
      this.#readFrom(this.#look(chunk), chunk);
    }
    this.#end += chunk.length;
    this.#safe = this.#end - this.#held();
  }

  /**
   * Watchers may see everything before this offset; what follows may turn out to be a secret. It can
   * step back: by three bytes, which were shown while they were too few to mean anything, and by what
   * `settle` let go.
   */
  get safe(): number {
    return this.#safe;
  }

  /**
   * The shell has ended: what was held back is let go, as asterisks. Another shell may still go on with
   * what was begun.
   */
  settle(): void {
    const held = this.#held();
    if (held > 0) this.#masked.add(this.#end - held, this.#end);
    this.#safe = this.#end;
  }

  /** Whether something between these offsets is masked. */
  covers(from: number, to: number): boolean {
    return this.#masked.overlaps(from, to);
  }

  /** Overwrites what is masked in these bytes, the first of which stands at `offset`. */
  cover(offset: number, bytes: Uint8Array): void {
    for (const { from, to } of this.#masked.within(offset, offset + bytes.length)) {
      bytes.fill(ASTERISK, from - offset, to - offset);
    }
  }

  /** Drops what lies wholly before this offset. Without it, what is masked is kept for ever. */
  forget(before: number): void {
    this.#masked.forget(before);
  }

  /** Secrets that began in earlier chunks. */
  #continue(chunk: Uint8Array): void {
    if (this.#begun.length === 0) return;
    const begun = this.#begun;
    this.#begun = [];
    for (const { secret, matched } of begun) this.#compare(secret, matched, chunk, 0);
  }

  /** Finds what begins in the chunk before its last look; returns where the rest begins. */
  #look(chunk: Uint8Array): number {
    const slots = this.#slots;
    const stride = this.#stride;
    let at = 0;
    for (; at + GRAM_BYTES <= chunk.length; at += stride) {
      const slot = slotOf(chunk, at);
      if (slots[slot] === 0) continue;
      for (const { secret, before } of this.#sightings.get(slot) ?? []) {
        if (before <= at) this.#compare(secret, 0, chunk, at - before);
      }
    }
    return Math.max(0, at - stride + 1);
  }

  /** Finds what begins at this place of the chunk or after it. */
  #readFrom(place: number, chunk: Uint8Array): void {
    for (let at = place; at < chunk.length; at++) {
      const likely = this.#byFirst[chunk[at] ?? 0];
      if (likely === undefined) continue;
      for (const secret of likely) this.#compare(secret, 0, chunk, at);
    }
  }

  /** A secret of which `matched` bytes came before the chunk's place `at`: is this the rest of it? */
  #compare(secret: Uint8Array, matched: number, chunk: Uint8Array, at: number): void {
    const count = Math.min(secret.length - matched, chunk.length - at);
    for (let i = 0; i < count; i++) if (secret[matched + i] !== chunk[at + i]) return;
    const begin = this.#end + at - matched;
    if (matched + count === secret.length) this.#masked.add(begin, begin + secret.length);
    else this.#begun.push({ secret, matched: matched + count });
  }

  #held(): number {
    let held = 0;
    for (const { matched } of this.#begun) if (matched > held) held = matched;
    return held >= HELD_FROM_BYTES ? held : 0;
  }

  #prepare(): void {
    const shortest = Math.min(...this.#secrets.map((secret) => secret.length));
    this.#stride = Math.min(LONGEST_STRIDE, shortest - GRAM_BYTES + 1);
    this.#slots.fill(0);
    this.#sightings.clear();
    this.#byFirst = Array.from({ length: 256 }, (_, byte) =>
      this.#secrets.filter((secret) => secret[0] === byte),
    );
    for (const secret of this.#secrets) {
      for (let before = 0; before < this.#stride; before++) {
        const slot = slotOf(secret, before);
        this.#slots[slot] = 1;
        const others = this.#sightings.get(slot) ?? [];
        this.#sightings.set(slot, [...others, { secret, before }]);
      }
    }
  }
}

/** Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4) of four bytes. */
function slotOf(bytes: Uint8Array, at: number): number {
  const gram =
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24);
  return Math.imul(gram, 0x9e3779b1) >>> (32 - SLOT_BITS);
}
