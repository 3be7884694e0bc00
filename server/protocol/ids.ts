/**
 * The protocol: what server and browser both speak. A leaf: it imports nothing, and knows neither
 * Node nor the DOM, so that one `apply` runs on both sides.
 */

/** 16 characters of lower-case base32. */
export const ID = /^[a-z2-7]{16}$/;

export type PersonId = string;
export type RoomId = string;
export type AttemptId = string;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** Without I, L, O, U, 0 and 1: nobody has to ask which one it is when a code is read aloud. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
export const CODE_LENGTH = 6;

/** A short code as people type it (full-width, small letters, dashes, spaces) → `K7M2QX`, or null. */
export function normaliseCode(typed: string): string | null {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐–—ー]/g, '');
  const known = [...code].every((letter) => CODE_ALPHABET.includes(letter));
  return code.length === CODE_LENGTH && known ? code : null;
}
