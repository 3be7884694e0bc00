import { describe, expect, it, vi } from 'vitest';
import { openMirrorScreen } from '../../../server/terminals/mirror-screen.ts';
import { inside } from '../../../server/terminals/xterm-inside.ts';
import { openClientTerminal } from '../../support/client-terminal.ts';
import { screenOf } from '../../support/screens.ts';

const MARK = '\u0301';

function both(output: string, cols = 20, rows = 5) {
  const mirror = openMirrorScreen(cols, rows);
  const client = openClientTerminal(cols, rows);
  mirror.parse(output);
  inside(client)._inputHandler.parse(output);
  return { mirror, client };
}

const cell = (terminal: ReturnType<typeof openClientTerminal>, x: number, y = 0) =>
  terminal.buffer.active
    .getLine(terminal.buffer.active.baseY + y)
    ?.getCell(x)
    ?.getChars() ?? '';

describe('what would fill or hang a terminal', () => {
  it('TERM-10 a cell takes 31 code points, in page and mirror alike, however they come', () => {
    const { mirror, client } = both(`a${MARK.repeat(70)}`);
    expect([0, 1, 2, 3].map((x) => [...cell(client, x)].length)).toEqual([31, 31, 9, 0]);
    expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
    const late = openClientTerminal(20, 5);
    inside(late)._inputHandler.parse(`\x1bc${mirror.snapshot()}`);
    for (const terminal of [mirror.terminal, client, late])
      inside(terminal)._inputHandler.parse(MARK.repeat(30));
    expect(screenOf(late)).toEqual(screenOf(client));
    expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
  });

  it('TERM-10 marks without end cost no more memory than text', () => {
    const { parse, terminal } = openMirrorScreen(80, 24);
    for (let i = 0; i < 200; i += 1) parse(MARK.repeat(10_000));
    const longest = Array.from({ length: 80 }, (_, x) => cell(terminal, x).length);
    expect(Math.max(...longest)).toBeLessThanOrEqual(31);
  });

  it.each(['L', 'M', 'S', 'T', 'I', 'Z', 'b'])(
    'TERM-10 a count that would take hours is refused: %s',
    (final) => {
      const { client } = both(`ab\x1b[2147483647${final}c`);
      expect(client.buffer.active.getLine(0)?.translateToString(true)).toBe('abc');
    },
  );

  it('TERM-10 erasing up to the last cell does not end the terminal', () => {
    for (const final of ['1J', '?1J']) {
      const { client, mirror } = both(`text\x1b[5;20H\x1b[${final}\x1b[Hx`);
      expect(client.buffer.active.getLine(0)?.translateToString(true)).toBe('x');
      expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
    }
  });

  it('TERM-10 titles, addresses and colours are bounded, in a snapshot too', () => {
    const { mirror, client } = both(
      [
        '\x1b]2;kept\x07',
        `\x1b]2;${'x'.repeat(5000)}\x07`,
        `\x1b]8;;http://example/${'x'.repeat(5000)}\x1b\\a`,
        ...Array.from(
          { length: 2000 },
          (_, i) => `\x1b]4;${i};#${(i * 4099).toString(16).padStart(6, '0')}\x07`,
        ),
      ].join(''),
    );
    expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
    expect(screenOf(client)).toMatchObject({ title: 'kept', pen: '' });
    expect(mirror.snapshot().length).toBeLessThan(10_000);
  });

  it('TERM-10 links without end do not slow the mirror down for ever', () => {
    const { parse, terminal } = openMirrorScreen(80, 24);
    for (let i = 0; i < 5000; i += 1) parse(`\r\x1b]8;;http://example/${i}\x1b\\x\x1b]8;;\x1b\\`);
    expect(inside(terminal)._oscLinkService._dataByLinkId.size).toBeLessThan(1100);
  });

  it('TERM-10 what throws in xterm.js leaves the mirror empty and alive', () => {
    const mirror = openMirrorScreen(20, 5);
    mirror.terminal.parser.registerCsiHandler({ final: 'z' }, () => {
      throw new Error('as in xterm.js');
    });
    mirror.parse('before\x1b[z lost');
    mirror.parse('after');
    expect(mirror.terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('after');
  });

  it('TERM-10 sequences that are none are not written into the log of the server', () => {
    using said = vi.spyOn(console, 'error');
    openMirrorScreen(20, 5).parse('\x1b[1é'.repeat(100));
    expect(said).not.toHaveBeenCalled();
  });
});
