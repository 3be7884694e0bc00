import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOf } from '../../../server/lib/line.ts';

test('PEOPLE-1 what is kept of a name is one visible line within its length', () => {
  expect(lineOf('  山田\n\t太郎 ', 24)).toBe('山田 太郎');
  expect(lineOf('admin\u202Enimda', 24)).toBe('admin nimda');
  expect(lineOf('か\u3099', 24)).toBe('が');
  expect(lineOf('𠮷'.repeat(24), 24)).toBe('𠮷'.repeat(24));
  for (const nothing of ['', '  ', '\u200B\u2060', '\u0000']) expect(lineOf(nothing, 24)).toBeNull();
  expect(lineOf('𠮷'.repeat(25), 24)).toBeNull();
});

test('PEOPLE-1 whatever is typed, the line has no control, no turned text, no edge of blanks', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      const line = lineOf(typed, 24);
      if (line === null) return;
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      expect(line.trim()).toBe(line);
      expect([...line].length).toBeLessThanOrEqual(24);
      expect(lineOf(line, 24)).toBe(line);
    }),
  );
});
