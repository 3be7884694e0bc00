import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODE_ALPHABET, ID, normaliseCode } from '#protocol/ids.ts';
import { newId } from '../../../server/lib/ids.ts';
import { linkSecrets, matches } from '../../../server/people/link-secrets.ts';
import { joinUrl } from '../../../server/people/links.ts';
import { sha256 } from '../../../server/people/sessions.ts';

const KEY = new Uint8Array(32).fill(7);

describe('secrets of links', () => {
  test('LINK-11 secret and code follow from the id and the key of the installation, and from nothing less', () => {
    const { secretOf, codeOf } = linkSecrets(KEY);
    const other = linkSecrets(new Uint8Array(32).fill(8));
    fc.assert(
      fc.property(fc.stringMatching(ID), fc.stringMatching(ID), (one, two) => {
        fc.pre(one !== two);
        expect(secretOf(one)).toBe(linkSecrets(KEY).secretOf(one));
        expect(codeOf(one)).toBe(linkSecrets(KEY).codeOf(one));
        expect(secretOf(one)).not.toBe(secretOf(two));
        expect(secretOf(one)).not.toBe(other.secretOf(one));
        expect(secretOf(one)).toMatch(/^[\w-]{43}$/);
        expect(normaliseCode(codeOf(one))).toBe(codeOf(one));
      }),
    );
  });

  test('LINK-11 no letter of the codes is likelier than another', () => {
    const { codeOf } = linkSecrets(KEY);
    const counts = new Map<string, number>();
    for (let n = 0; n < 5000; n++) {
      const id = newId(new TextEncoder().encode(`${n}`.padStart(16, '0')));
      for (const letter of codeOf(`${id}${n}`)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    expect([...counts.keys()].sort().join('')).toBe([...CODE_ALPHABET].sort().join(''));
    // Bytes modulo 30 would favour the first 16 letters: 16,875 of 30,000 instead of 16,000, ten standard
    // deviations. Ids are fixed, so this never flickers.
    const first = [...CODE_ALPHABET].slice(0, 16);
    const favoured = first.reduce((sum, letter) => sum + (counts.get(letter) ?? 0), 0);
    expect(Math.abs(favoured - 16_000)).toBeLessThan(400);
  });

  test('LINK-11 a secret is compared by its hash', () => {
    expect(matches('secret', sha256('secret'))).toBe(true);
    expect(matches('secrer', sha256('secret'))).toBe(false);
  });

  test('LINK-8 the secret stands in the fragment, whatever the address is', () => {
    for (const url of ['http://localhost:8310', 'https://dojou.example/', 'https://dojou.example/a?b#c']) {
      const link = new URL(joinUrl(url, 'S'));
      expect([link.pathname, link.search, link.hash]).toEqual(['/join/', '', '#S']);
    }
  });
});
