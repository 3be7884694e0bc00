import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Boundary } from '../../../server/terminals/boundary.ts';

/** Bytes that mean something to a terminal, far more often than chance would have them. */
const piece = fc.constantFrom(
  ...[
    'a',
    '土',
    '🌱',
    '\x1b',
    '\x1b[1;3',
    '1m',
    '\x1b]0;',
    '題',
    '\x07',
    '\x1b\\',
    '\x18',
    '\r\n',
    '[',
    '\\',
  ],
);
const bytes = fc
  .array(
    fc.oneof(
      piece.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 3 }),
    ),
  )
  .map((pieces) => Buffer.concat(pieces));

describe('where output may be cut', () => {
  it('TERM-3 the same whether it comes byte by byte or in chunks of any size', () => {
    fc.assert(
      fc.property(fc.array(bytes), (chunks) => {
        const whole = new Boundary(7);
        const single = new Boundary(7);
        for (const chunk of chunks) {
          whole.push(chunk);
          for (const byte of chunk) single.push(Uint8Array.of(byte));
          expect(whole.safe).toBe(single.safe);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['plain text', 'abc', 3],
    ['a character that has begun', Buffer.from('a土').subarray(0, 3), 1],
    ['an escape sequence that has begun', 'ab\x1b[3', 2],
    ['a title that has begun', 'ab\x1b]0;題', 2],
    ['a title that may be ending', 'ab\x1b]0;題\x1b', 2],
    ['a title that has ended', 'ab\x1b]0;題\x1b\\', 11],
    ['an ESC alone', 'ab\x1b', 2],
  ])('TERM-3 %s', (_, output, safe) => {
    const boundary = new Boundary(0);
    boundary.push(Buffer.from(output));
    expect(boundary.safe).toBe(safe);
  });
});
