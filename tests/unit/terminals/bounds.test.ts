import headless from '@xterm/headless';
import { describe, expect, it, vi } from 'vitest';
import { LINKS_MOST } from '../../../server/protocol/terminal-links.ts';
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
  it('TERM-10 a cell takes 16 UTF-16 units, in page and mirror alike, however they come', () => {
    const { mirror, client } = both(`a${MARK.repeat(35)}`);
    expect([0, 1, 2, 3].map((x) => cell(client, x).length)).toEqual([16, 16, 4, 0]);
    expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
    const late = openClientTerminal(20, 5);
    inside(late)._inputHandler.parse(`\x1bc${mirror.snapshot()}`);
    for (const terminal of [mirror.terminal, client, late])
      inside(terminal)._inputHandler.parse(MARK.repeat(30));
    expect(screenOf(late)).toEqual(screenOf(client));
    expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
  });

  it('TERM-10 a cell takes the longest emoji, and no more marks of two units each', () => {
    const kiss = '👩🏻\u200d❤\ufe0f\u200d💋\u200d👨🏿';
    const wales = '🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}';
    const { client } = both(`${kiss}${wales}a${'\u{1d165}'.repeat(9)}`);
    expect([0, 2, 4, 5].map((x) => cell(client, x).length)).toEqual([kiss.length, wales.length, 15, 4]);
  });

  it('TERM-10 marks without end cost no more memory than text', () => {
    const { parse, terminal } = openMirrorScreen(80, 24);
    for (let i = 0; i < 200; i += 1) parse(MARK.repeat(10_000));
    const longest = Array.from({ length: 80 }, (_, x) => cell(terminal, x).length);
    expect(Math.max(...longest)).toBeLessThanOrEqual(16);
  });

  it.each(['L', 'M', 'S', 'T', 'I', 'Z'])(
    'TERM-10 a count that would take hours does what the screen has room for: %s',
    (final) => {
      const text = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\r\n');
      for (const around of ['', '\x1b[2;4r', '\x1b[?1049h', '\x1b[44m']) {
        const whole = (count: number) => `${text}${around}\x1b[3;7H\x1b[${count}${final}x`;
        const { client, mirror } = both(whole(2_147_483_647));
        expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
        // As many as xterm.js does in no time, by itself.
        const free = new headless.Terminal({ cols: 20, rows: 5, scrollback: 5000, allowProposedApi: true });
        inside(free)._inputHandler.parse(whole(500));
        expect(screenOf(client)).toEqual(screenOf(free));
      }
    },
  );

  it('TERM-10 a character is repeated over one screen, in page and mirror alike', () => {
    const { client, mirror } = both('ab\x1b[2147483647bc');
    expect(client.buffer.active.getLine(5)?.translateToString(true)).toBe('bbc');
    expect(screenOf(mirror.terminal)).toEqual(screenOf(client));
  });

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

  it.each([
    ['a link that is never closed', '\x1b]8;;http://example\x1b\\', () => 'text of the link\r\n'],
    ['links', '', (n: number) => `\x1b]8;;http://example/${n}\x1b\\link\x1b]8;;\x1b\\\r\n`],
    ['links in one line', '', (n: number) => `\r\x1b]8;;http://example/${n}\x1b\\x\x1b]8;;\x1b\\`],
    ['one link again and again', '', () => '\x1b]8;id=a;http://example\x1b\\link\x1b]8;;\x1b\\\r\n'],
    ['links without a letter', '', (n: number) => `\x1b]8;;http://example/${n}\x1b\\`],
  ])('TERM-10 %s: no line is followed, and page and mirror show the same', (_, begin, nth) => {
    const { mirror, client } = both(begin + Array.from({ length: 6000 }, (_each, n) => nth(n)).join(''), 80);
    for (const terminal of [mirror.terminal, client]) {
      // Each costs time with every line that scrolls.
      expect(Reflect.get(inside(terminal).buffers.normal, 'markers').length).toBe(0);
    }
    expect(screenOf(mirror.terminal, { above: 495 })).toEqual(screenOf(client, { above: 495 }));
  });

  it('TERM-10 the last links are kept', () => {
    const link = (n: number) => `\x1b]8;;http://example/${n}\x1b\\${n}\x1b]8;;\x1b\\\r\n`;
    const { client } = both(Array.from({ length: LINKS_MOST + 1 }, (_, n) => link(n)).join(''));
    const shown = JSON.stringify(screenOf(client, { above: LINKS_MOST }));
    expect(shown).toContain('http://example/1"');
    expect(shown).toContain(`http://example/${LINKS_MOST}"`);
    expect(shown).not.toContain('http://example/0"');
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
