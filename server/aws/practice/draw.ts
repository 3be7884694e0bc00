import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * All that looks random in a world, as a function of its secret seed and a label: HMAC-SHA-256 in
 * counter mode. By label, not by order, so that one more draw never shifts the others; and nobody
 * without the seed can tell a credential from the ids that they have seen.
 */
export interface Draw {
  bytes(label: string, length: number): Buffer;
  hex(label: string, length: number): string;
  /** Upper-case base32, as in access key ids. */
  base32(label: string, length: number): string;
  digits(label: string, length: number): string;
  uuid(label: string): string;
  /** An integer from `min` to `max`, both included. */
  between(label: string, min: number, max: number): number;
}

export function createDraw(seedHex: string): Draw {
  const key = Buffer.from(seedHex, 'hex');
  if (key.length < 16) throw new Error('The seed of a world needs at least 32 hexadecimal digits.');

  const bytes = (label: string, length: number): Buffer => {
    const blocks: Buffer[] = [];
    for (let n = 0; n * 32 < length; n++) {
      blocks.push(createHmac('sha256', key).update(`${n}:${label}`).digest());
    }
    return Buffer.concat(blocks).subarray(0, length);
  };

  return {
    bytes,
    hex: (label, length) =>
      bytes(label, Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    base32: (label, length) => Array.from(bytes(label, length), (byte) => BASE32[byte & 31]).join(''),
    digits: (label, length) => Array.from(bytes(label, length), (byte) => String(byte % 10)).join(''),
    uuid(label) {
      const raw = bytes(label, 16);
      raw.writeUInt8(((raw[6] ?? 0) & 0x0f) | 0x40, 6);
      raw.writeUInt8(((raw[8] ?? 0) & 0x3f) | 0x80, 8);
      const hex = raw.toString('hex');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
        '-',
      );
    },
    between: (label, min, max) => min + (bytes(label, 6).readUIntBE(0, 6) % (max - min + 1)),
  };
}
