import fc from 'fast-check';
import { expect, test } from 'vitest';
import { besides, lineBreakOf, sizeInWords, textOf } from '../../../src/client/files-text.ts';

test('FILE-28 text is taken as it is, marks at its beginning and mixed line breaks too; what is none is not', () => {
  for (const text of ['', 'a\r\nb\n', '\ufeffかな', '\x1b[31m']) expect(textOf(Buffer.from(text))).toBe(text);
  expect(textOf(Buffer.from([0xe3, 0x81]))).toBeNull();
  expect(textOf(Buffer.from('a\0b'))).toBeNull();
});

test('FILE-28 a line of so many control characters that it would stop the editor is no text', () => {
  for (const mark of ['\x07', '\u200b', '\u202e', '\r', '\u2028']) {
    expect(textOf(Buffer.from(mark.repeat(501)))).toBeNull();
    expect(textOf(Buffer.from(`${mark}\n`.repeat(501)))).not.toBeNull();
  }
  for (const text of ['\t'.repeat(9000), 'a'.repeat(9000), '\x1b[31ma\x1b[0m'.repeat(100)])
    expect(textOf(Buffer.from(text))).toBe(text);
});

test('FILE-28 a file keeps its line breaks: joined again by what it is divided by, it is the same', () => {
  expect([lineBreakOf('a\r\nb\r\n'), lineBreakOf('a\nb'), lineBreakOf('a'), lineBreakOf('a\r\nb\n')]).toEqual(
    ['\r\n', '\n', '\n', '\n'],
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'か', '\r', '\n', '\r\n')), (parts) => {
      const text = parts.join('');
      expect(text.split(lineBreakOf(text)).join(lineBreakOf(text))).toBe(text);
    }),
  );
});

test('FILE-21 what is kept beside another file has a name that is free', () => {
  expect(besides('a.yaml', new Set(['a.yaml']))).toBe('a.mine.yaml');
  expect(besides('a.yaml', new Set(['a.mine.yaml', 'a.mine2.yaml']))).toBe('a.mine3.yaml');
  expect(besides('.bashrc', new Set())).toBe('.bashrc.mine');
  expect(besides('Makefile', new Set())).toBe('Makefile.mine');
});

test('FILE-28 sizes are short', () => {
  expect([0, 999, 1536, 5_000_000].map((bytes) => sizeInWords(bytes, 'en'))).toEqual([
    '0B',
    '999B',
    '1.5 kB',
    '4.8 MB',
  ]);
});
