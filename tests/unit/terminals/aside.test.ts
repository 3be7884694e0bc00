import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { aside, placeForAside } from '../../../server/terminals/aside.ts';
import { loneTerminal } from '../../support/lone-terminal.ts';

const WORDS = ['土壌: メモリーの上限に届きました。', 'Dojou: memory was full.'];

/** What a screen of this size shows after this output, and where its cursor stands. */
async function shown(output: string, cols = 40, rows = 6) {
  const screen = new headless.Terminal({ cols, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => screen.write(output, resolve));
  const { active } = screen.buffer;
  const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true));
  const cursor = { line: lines[active.baseY + active.cursorY], column: active.cursorX };
  const after = new Promise<void>((resolve) => screen.write('|', resolve));
  await after;
  const cell = active.getLine(active.baseY + active.cursorY)?.getCell(active.cursorX - 1);
  return { text: lines.join('\n').trimEnd(), cursor, colour: cell?.getFgColor() };
}

describe('aside', () => {
  it.each([
    ['at the top', '$ sle'],
    ['at the bottom', 'a\r\nb\r\nc\r\nd\r\ne\r\n$ sle'],
    ['one above the bottom', 'a\r\nb\r\nc\r\nd\r\n$ sle'],
  ])('TERM-26 stands above the line of the cursor, which goes on as it was: %s', async (_, before) => {
    const size = { cols: 40, rows: 6 };
    const { text, cursor } = await shown(before + aside(WORDS, size));
    const lines = before.split('\r\n');
    expect(text.split('\n')).toEqual([...lines.slice(0, -1), ...WORDS, '$ sle']);
    expect(cursor).toEqual({ line: '$ sle', column: 5 });
  });

  it('TERM-26 leaves the colour of the program as it was, and wraps by the width of characters', async () => {
    const narrow = { cols: 11, rows: 12 };
    const { text, colour } = await shown(`\x1b[32mgreen${aside(['土の中のこと', 'x'], narrow)}`, 11, 12);
    expect(text).toBe('土の中のこ\nと\nx\ngreen');
    expect(colour).toBe(2);
  });

  it('TERM-26 on a screen too small for it is printed like anything', async () => {
    const { text } = await shown(`$ ${aside(['1', '2', '3'], { cols: 10, rows: 3 })}`, 10, 3);
    expect(text).toBe('$ \n1\n2\n3');
  });

  it('TERM-27 waits for the end of a sequence, and keeps off a screen that a program has taken', () => {
    const place = (output: string) => placeForAside(Buffer.from(output));
    expect(place('')).toBe('here');
    expect(place('abc\x1b[1m')).toBe('here');
    expect(place('abc\x1b[1')).toBe('later');
    expect(placeForAside(Buffer.from('土').subarray(0, 2))).toBe('later');
    expect(place('$ vim\r\n\x1b[?1049h~\x1b[2;1H')).toBe('nowhere');
    expect(place('\x1b[?1049h~\x1b[?1049l$ ')).toBe('here');
    expect(place('\x1b[?47h')).toBe('nowhere');
  });

  it('TERM-27 is given up when a sequence does not end', () => {
    const { terminal, pty } = loneTerminal(null);
    pty.print('\x1b]0;');
    const before = terminal.end;
    terminal.aside(['said']);
    for (let n = 0; n < 20; n += 1) pty.print('x');
    pty.print('\x07');
    expect(terminal.end).toBe(before + 21);
  });

  it('TERM-27 comes with the rest of the sequence', () => {
    const { terminal, pty } = loneTerminal(null);
    pty.print('a\x1b[1');
    const before = terminal.end;
    terminal.aside(['said']);
    expect(terminal.end).toBe(before);
    pty.print('m');
    expect(terminal.end).toBe(before + 1 + aside(['said'], { cols: 40, rows: 5 }).length);
  });
});
