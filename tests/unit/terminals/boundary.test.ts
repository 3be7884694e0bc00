import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Boundary } from '../../../server/terminals/boundary.ts';
import { inside } from '../../../server/terminals/xterm-inside.ts';

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
    '\u009b',
    '\u009d',
    '\u009c',
    '\u0085',
    'é',
    '±',
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
  // Of sequences that begin as some do: what xterm.js makes of any bytes at all, only it knows.
  it('TERM-3 nowhere but where xterm.js waits for nothing', () => {
    fc.assert(
      fc.property(fc.array(piece.map((text) => Buffer.from(text))), (chunks) => {
        const core = inside(new headless.Terminal({ allowProposedApi: true, logLevel: 'off' }));
        const boundary = new Boundary(0);
        let end = 0;
        for (const byte of Buffer.concat(chunks)) {
          boundary.push(Uint8Array.of(byte));
          core._inputHandler.parse(Uint8Array.of(byte));
          end += 1;
          if (boundary.safe === end) expect(Reflect.get(core._inputHandler._parser, 'currentState')).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

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
    ['a sequence of one control (U+009B) that has begun', 'ab\u009b3', 2],
    ['one that has ended', 'ab\u009b3m', 6],
    ['an ESC alone', 'ab\x1b', 2],
  ])('TERM-3 %s', (_, output, safe) => {
    const boundary = new Boundary(0);
    boundary.push(Buffer.from(output));
    expect(boundary.safe).toBe(safe);
  });
});
