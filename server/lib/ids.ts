import { randomBytes } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** 16 characters of lower-case base32 (80 bits): the form of every id in Dojou. */
export function newId(bytes: Uint8Array = randomBytes(16)): string {
  return Array.from(bytes.subarray(0, 16), (byte) => BASE32[byte & 31]).join('');
}

/** A secret of 256 bits for links and sessions, in URL-safe base64 (43 characters). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
