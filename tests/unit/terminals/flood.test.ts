import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goneLines, parseFlood } from '../../../server/terminals/flood.ts';
import { openMirrorScreen } from '../../../server/terminals/mirror-screen.ts';
import { screenOf } from '../../support/screens.ts';
import { fragment } from '../../support/terminal-output.ts';

const SCROLLBACK = 500;
const CHUNK_BYTES = 256 * 1024;

/** Lines as programs print them; some wrap many times, some end without going back to the left edge. */
const line = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[ -~]{0,60}$/) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '連絡帳のお知らせを送りました',
        'か\u3099行',
        '\t表\t組',
        '👨‍👩‍👧 🇯🇵',
        '¿qué?',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('長い行 '.repeat(30), 'x'.repeat(250)) },
  ),
  fc.oneof(
    { weight: 20, arbitrary: fc.constant('\r\n') },
    { weight: 1, arbitrary: fc.constantFrom('\n', '\r') },
  ),
);
const flood = fc
  .tuple(fc.array(line, { minLength: 5, maxLength: 30 }), fc.integer({ min: 500, max: 3000 }))
  .map(([lines, count]) =>
    Array.from({ length: count }, (_, i) => `${i} ${(lines[i % lines.length] ?? []).join('')}`),
  );
const around = fc.array(fragment, { maxLength: 30 });

/** What the two ways of parsing make of the same output; line feeds tell how much was parsed. */
function bothWays(output: string, { cols = 20, rows = 6 } = {}) {
  const [all, part] = [false, true].map((skips) => {
    const screen = openMirrorScreen(cols, rows);
    let feeds = 0;
    screen.terminal.onLineFeed(() => {
      feeds += 1;
    });
    const bytes = Buffer.from(output);
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const chunk = bytes.subarray(at, at + CHUNK_BYTES);
      if (skips) for (const _piece of parseFlood(screen, chunk));
      else screen.parse(chunk);
    }
    return { feeds, screen: screenOf(screen.terminal, { above: SCROLLBACK }), snapshot: screen.snapshot() };
  });
  if (all === undefined || part === undefined) throw new Error('two ways');
  return { all, part };
}

const plainLines = (count: number) =>
  Array.from({ length: count }, (_, i) => `行 ${i} of a build\r\n`).join('');

describe('TERM-23 a flood of plain text', () => {
  it('leaves the screen as if all of it had been parsed, whatever came before and comes after', () => {
    fc.assert(
      fc.property(around, flood, around, ([...before], lines, after) => {
        const { all, part } = bothWays(before.join('') + lines.join('') + after.join(''));
        expect(part.screen).toEqual(all.screen);
        expect(part.snapshot).toBe(all.snapshot);
      }),
      { numRuns: 150 },
    );
  });

  it('is not parsed where it has scrolled away', () => {
    const { all, part } = bothWays(plainLines(20_000));
    expect(part.screen).toEqual(all.screen);
    expect(part.feeds).toBeLessThan(all.feeds / 4);
  });

  it.each([
    ['a scroll region', '\x1b[2;4r'],
    ['the alternate screen', '\x1b[?1049h'],
    ['a string without an end', '\x1b]2;title'],
    ['a sequence of a string within a string', '\x1bPq'],
  ])('is parsed whole in %s', (_, begin) => {
    const { all, part } = bothWays(begin + plainLines(4000));
    expect(part.feeds).toBe(all.feeds);
    expect(part.screen).toEqual(all.screen);
    const ended = bothWays(`${begin}${plainLines(4000)}\x1b\\\x1b[r\x1b[?1049l${plainLines(20)}`);
    expect(ended.part.screen).toEqual(ended.all.screen);
  });

  it('ends at a control of one character, however it is spelled', () => {
    const text = plainLines(3000);
    for (const control of ['\x1b[1m', '\x9b1m', '\x07', '\x0e', '\x7f', '\b']) {
      const bytes = Buffer.from(`${text.slice(0, 30_000)}${control}${text}`);
      const gone = goneLines(bytes, 100);
      const at = bytes.indexOf(Buffer.from(control));
      expect(gone === null || gone.to < at || gone.from > at, JSON.stringify(control)).toBe(true);
    }
  });

  it('is parsed whole within a title, which would be short enough without it', () => {
    const long = `${'x'.repeat(5000)}\r\n`.repeat(8);
    const { all, part } = bothWays(`\x1b]2;ok\x07\x1b]2;\r\n${long}${'y\r\n'.repeat(600)}\x07`);
    expect(all.screen.title).toBe('ok');
    expect(part.screen).toEqual(all.screen);
  });

  it('keeps so many lines of it as were asked for, and more to begin at the left edge', () => {
    const ends = (end: string) => {
      const bytes = Buffer.from(plainLines(3000) + end);
      const to = goneLines(bytes, 100)?.to ?? 0;
      expect(bytes.subarray(0, to).toString().endsWith('\r\n')).toBe(true);
      return bytes.subarray(to).toString().split('\n').length - 1;
    };
    expect(ends('')).toBe(100);
    expect(ends('z\n'.repeat(150))).toBe(150);
    expect(goneLines(Buffer.from('z\n'.repeat(20_000)), 100)).toBeNull();
  });
});
