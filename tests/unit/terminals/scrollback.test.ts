import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Boundary } from '../../../server/terminals/boundary.ts';
import { Scrollback } from '../../../server/terminals/scrollback.ts';

describe('scrollback', () => {
  it('TERM-1 holds exactly the last bytes, by absolute offset, whatever the chunks', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 90_000 }), { maxLength: 12 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 200_000 }), fc.nat(10_000), (list, capacity, base) => {
        const scrollback = new Scrollback(capacity, base);
        for (const chunk of list) scrollback.append(chunk);
        const all = Buffer.concat(list);
        expect(scrollback.end).toBe(base + all.length);
        expect(scrollback.start).toBe(Math.max(base, base + all.length - capacity));
        const kept = new Uint8Array(scrollback.end - scrollback.start);
        expect(scrollback.copy(scrollback.start, kept.length, kept, 0)).toBe(kept.length);
        expect(Buffer.compare(kept, all.subarray(all.length - kept.length))).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('TERM-2 refuses an offset that is gone', () => {
    const scrollback = new Scrollback(10, 0);
    scrollback.append(new Uint8Array(25));
    expect(() => scrollback.copy(14, 1, new Uint8Array(1), 0)).toThrow(RangeError);
  });
});

describe('boundary', () => {
  const utf8 = new TextEncoder();
  const safeAfter = (text: string | Uint8Array) => {
    const boundary = new Boundary(0);
    boundary.push(typeof text === 'string' ? utf8.encode(text) : text);
    return boundary.safe;
  };

  it.each([
    ['plain text', 'abc', 3],
    ['a whole character', '土', 3],
    ['half a character', utf8.encode('a土').subarray(0, 3), 1],
    ['an escape alone', 'ab\x1b', 2],
    ['half a CSI', 'ab\x1b[38;5', 2],
    ['a whole CSI', 'ab\x1b[0m', 6],
    ['a title that has not ended', 'a\x1b]0;tit', 1],
    ['a title ended by BEL', 'a\x1b]0;t\x07', 7],
    ['a title ended by ST', 'a\x1b]0;t\x1b\\', 8],
    ['a title cut inside ST', 'a\x1b]0;t\x1b', 1],
    ['a charset choice', '\x1b(', 0],
    ['a broken character before text', Uint8Array.from([0xe5, 0x41]), 2],
  ])('TERM-3 may be cut after %s at the right place', (_, text, safe) => {
    expect(safeAfter(text)).toBe(safe);
  });

  it('TERM-3 finds the same places however the stream is split', () => {
    const text = utf8.encode('土a\x1b[1;31m赤\x1b]0;題\x07\x1bPq#0\x1b\\\x1b(Bx\u{1f331}');
    const whole = Array.from(text, (_, i) => safeAfter(text.subarray(0, i + 1)));
    const boundary = new Boundary(0);
    const stepwise = Array.from(text, (_, i) => {
      boundary.push(text.subarray(i, i + 1));
      return boundary.safe;
    });
    expect(stepwise).toEqual(whole);
  });
});
