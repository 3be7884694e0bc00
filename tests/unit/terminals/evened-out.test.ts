import headless, { type Terminal } from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { evenOut } from '../../../server/protocol/terminal-lines.ts';
import { openMirrorScreen } from '../../../server/terminals/mirror-screen.ts';
import { inside } from '../../../server/terminals/xterm-inside.ts';
import { openClientTerminal } from '../../support/client-terminal.ts';
import { screenOf } from '../../support/screens.ts';
import type { Event } from '../../support/terminal-output.ts';

const ABOVE = { above: 200 };
const lines = (count: number, text = 'a line that is wrapped') =>
  Array.from({ length: count }, (_, n) => `${n} ${text}\r\n`).join('');

function play(terminal: Terminal, events: readonly Event[]): void {
  for (const event of events) {
    if (typeof event === 'string') inside(terminal)._inputHandler.parse(event);
    else terminal.resize(event.cols, event.rows);
  }
}

/** The mirror, who saw all, and who had the mirror's screen just before the last event. */
function screens(events: readonly Event[], { cols = 20, rows = 5 } = {}) {
  const { terminal, snapshot } = openMirrorScreen(cols, rows);
  play(terminal, events.slice(0, -1));
  const late = openClientTerminal(terminal.cols, terminal.rows);
  play(late, [`\x1bc${snapshot()}`]);
  const whole = openClientTerminal(cols, rows);
  play(whole, events);
  for (const one of [terminal, late]) play(one, events.slice(-1));
  return { mirror: screenOf(terminal, ABOVE), whole: screenOf(whole, ABOVE), late: screenOf(late, ABOVE) };
}

const NARROW = { cols: 8, rows: 5 };

const CASES: readonly [what: string, events: readonly Event[]][] = [
  ['the saved cursor, when its line scrolls', [lines(800), '\x1b7\r\n\r\n', '\x1b8x']],
  ['the saved cursor, when no more lines are kept', [lines(6000), '\x1b7\r\n\r\n', '\x1b8x']],
  ['the saved cursor, when what is above it is erased', [lines(800), '\x1b7\r\n\r\n\x1b[3J', '\x1b8x']],
  ['the saved cursor, when lines are wrapped', [lines(800), '\x1b[H\x1b7', NARROW, '\x1b8x']],
  ['the saved cursor, when too many lines are wrapped', [lines(4990), '\x1b[3H\x1b7', NARROW, '\x1b8x']],
  ['the line of the cursor, when lines are wrapped', [lines(800), '\x1b[H土土土土土', NARROW]],
  ['the line of the cursor, when too many are wrapped', [lines(4990), '\x1b[H土土土土土', NARROW]],
  [
    'half of a wide character at the edge',
    ['土土土土土\r', { cols: 7, rows: 5 }, 'x', { cols: 20, rows: 5 }],
  ],
  ['half of a wide character on the other screen', ['\x1b[?47h土土土土土\r', { cols: 7, rows: 5 }, 'x']],
  ['cells beyond the edge', ['\x1b[?47h0123456789\r', NARROW, { cols: 20, rows: 5 }]],
  ['tab stops beyond the edge', ['\x1b[15G\x1bH\r', NARROW, { cols: 20, rows: 5 }]],
  ['the lines of an empty other screen', [{ cols: 20, rows: 3 }, '\x1b[?47h', '\x1b[5B\n\n\n\nx']],
  ['a character that would join the one at the edge', ['👩'.repeat(10), { cols: 19, rows: 5 }, '\u200d👧']],
];

describe('TERM-25 whatever a terminal keeps above its screen, and wherever its edge was', () => {
  it.each(CASES)('the same output has the same effect on %s', (_, events) => {
    const { mirror, whole, late } = screens(events);
    expect(mirror).toEqual(whole);
    expect(late).toEqual(whole);
  });

  it('the last lines that fit are kept', () => {
    const terminal = openClientTerminal(20, 5);
    play(terminal, [lines(4990), 'end']);
    const last = () => {
      const { active } = terminal.buffer;
      return active.getLine(active.baseY + active.cursorY)?.translateToString(true);
    };
    terminal.resize(8, 5);
    expect(terminal.buffer.active.length).toBe(5005);
    expect(last()).toBe('end');
  });

  it('a terminal that keeps its lines elsewhere is refused at once', () => {
    const terminal = new headless.Terminal({ cols: 20, rows: 5 });
    Reflect.set(Reflect.get(terminal, '_core')._inputHandler, '_parser', {});
    expect(() => evenOut(terminal)).toThrow('precedingJoinState');
  });
});
