import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NAME_BYTES, shownName, writtenName } from '#protocol/files.ts';
import { nameOf, namesIn } from '../../../server/seats/file-names.ts';

const HIDES = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const isName = (name: string) => name !== '' && name !== '.' && name !== '..' && !name.includes('/');

/** Bytes as Linux takes them for a name, many of them nearly UTF-8. */
const bytes = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: NAME_BYTES }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((text) => Buffer.from(text)),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => Buffer.from(text).subarray(1)),
    fc.constantFrom('%41', '%', '%%', '%2F', '\u202e', '\ufeff', 'か\u3099').map((text) => Buffer.from(text)),
  )
  .map((name) => Buffer.from(name.filter((byte) => byte !== 0 && byte !== 0x2f)))
  .filter((name) => name.length > 0 && name.length <= NAME_BYTES && !['.', '..'].includes(name.toString()));

test('FILE-2 any name comes back byte by byte, and shows nothing that hides', () => {
  fc.assert(
    fc.property(fc.array(bytes, { minLength: 1, maxLength: 4 }), (names) => {
      const path = names.map(nameOf).join('/');
      fc.pre(path.length <= 4096);
      expect(namesIn(path)).toEqual(names);
      for (const name of names) expect(shownName(nameOf(name))).not.toMatch(HIDES);
    }),
    { numRuns: 2000 },
  );
});

test('FILE-2 two names that look alike are written differently', () => {
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      expect(nameOf(one) === nameOf(other)).toBe(one.equals(other));
    }),
  );
});

test('FILE-2 what is typed is the name that it becomes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isName), (typed) => {
      fc.pre(!typed.includes('\0') && Buffer.byteLength(typed) <= NAME_BYTES);
      const [name] = namesIn(writtenName(typed)) ?? [];
      expect(name?.toString()).toBe(typed);
      expect(nameOf(Buffer.from(typed))).toBe(writtenName(typed));
    }),
  );
});

test('FILE-2 whatever is asked for, a path has only names that Linux takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (path) => {
      for (const name of namesIn(path) ?? []) {
        expect(name.length).toBeGreaterThan(0);
        expect(name.includes(0) || name.includes(0x2f)).toBe(false);
        expect(['.', '..']).not.toContain(name.toString());
      }
    }),
  );
  expect(namesIn('a/'.repeat(70))).toBeNull();
  expect(namesIn('%2E%2E')).toBeNull();
  expect(namesIn('%2E%2E/%2F')).toBeNull();
});
