import { createHmac, timingSafeEqual } from 'node:crypto';
import { CODE_ALPHABET, CODE_LENGTH } from '#protocol/ids.ts';
import { sha256 } from './sessions.ts';

/**
 * Secrets and short codes of links are derived from the link's id and a secret of the installation,
 * so that a link can be shown again although its row holds only hashes.
 */
export interface LinkSecrets {
  /** 256 bits, URL-safe base64, for the fragment. */
  secretOf(link: string): string;
  /** Six characters to read aloud. */
  codeOf(link: string): string;
}

/** The largest multiple of the alphabet's length in a byte: above it, letters would not be equally likely. */
const FAIR = 256 - (256 % CODE_ALPHABET.length);

export function linkSecrets(key: Uint8Array): LinkSecrets {
  const mac = (purpose: string, link: string) =>
    createHmac('sha256', key).update(`${purpose}:${link}`).digest();
  return {
    secretOf: (link) => mac('secret', link).toString('base64url'),
    codeOf(link) {
      let code = '';
      for (let block = 0; code.length < CODE_LENGTH; block++) {
        code += lettersOf(mac(`code-${block}`, link));
      }
      return code.slice(0, CODE_LENGTH);
    },
  };
}

/** Whether what was typed hashes to what was stored, in a time that says nothing. */
export function matches(typed: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(typed), 'hex'), Buffer.from(hash, 'hex'));
}

function lettersOf(bytes: Uint8Array): string {
  return Array.from(bytes)
    .filter((byte) => byte < FAIR)
    .map((byte) => CODE_ALPHABET.charAt(byte % CODE_ALPHABET.length))
    .join('');
}
