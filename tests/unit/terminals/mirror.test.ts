import { inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { wallClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createMirrors } from '../../../server/terminals/mirror.ts';
import type { Command } from '../../../server/terminals/mirror-messages.ts';
import { inside } from '../../../server/terminals/xterm-inside.ts';
import { openClientTerminal } from '../../support/client-terminal.ts';
import { screenOf } from '../../support/screens.ts';
import { until } from '../../support/until.ts';

const mirrors = createMirrors({ clock: wallClock, log: silentLog });
afterAll(() => mirrors[Symbol.asyncDispose]());

const OPTIONS = { base: 1000, cols: 40, rows: 6, firstCommand: 1 } as const;

function open() {
  const mirror = mirrors.open({ ...OPTIONS, owner: {} });
  if (mirror === null) throw new Error('no mirror');
  return mirror;
}

describe('a mirror in its worker', () => {
  it('TERM-14 packs a snapshot that draws the screen, at the offset up to which it goes', async () => {
    using mirror = open();
    const output = Buffer.from('\x1b[1;31m土壌\x1b[m\r\n\x1b[?2004h$ \x1b[4mls');
    mirror.write(output);
    mirror.write(Buffer.from('\x1b[3'));
    mirror.resize(30, 5);
    const { offset, cols, rows, packed } = await mirror.snapshot();
    expect({ offset, cols, rows }).toEqual({ offset: 1000 + output.length, cols: 30, rows: 5 });
    const late = openClientTerminal(cols, rows);
    inside(late)._inputHandler.parse(`\x1bc${inflateRawSync(packed).toString()}`);
    const whole = openClientTerminal(40, 6);
    inside(whole)._inputHandler.parse(output);
    whole.resize(30, 5);
    expect(screenOf(late)).toEqual(screenOf(whole));
  });

  it('TERM-13 tells of commands, and lists them', async () => {
    using mirror = open();
    const told: Command[] = [];
    mirror.onCommand((command) => told.push(command));
    mirror.write(Buffer.from('\x1b]133;A\x07$ \x1b]133;B\x07ls\r\n\x1b]133;C\x07'));
    await until(() => told.length === 1);
    mirror.write(Buffer.from('x\r\n\x1b]133;D;0\x07'));
    expect(await mirror.commands()).toMatchObject([{ n: 1, line: 'ls', output: 'x', state: { exit: 0 } }]);
    expect(told.map(({ state }) => state.status)).toEqual(['running', 'done']);
  });

  it('TERM-10 outlives marks, titles and links without end', async () => {
    using mirror = open();
    for (let i = 0; i < 64; i += 1) mirror.write(Buffer.from('\u0301'.repeat(100_000)));
    mirror.write(Buffer.from(`\x1b[m\x1b]2;${'x'.repeat(1_000_000)}\x07\x1b[2147483647L\x1b[2J\x1b[Halive`));
    const { packed } = await mirror.snapshot();
    expect(inflateRawSync(packed).toString()).toContain('alive');
  });

  it('TERM-24 what one terminal has to parse does not hold back the screen of another', async () => {
    using busy = mirrors.open({ ...OPTIONS, owner: {}, cols: 400, rows: 200 });
    using calm = open();
    if (busy === null) throw new Error('no mirror');
    const parts = ['\x1b[1000S', '\x1b[1000L', '\x1bc', '\x1b#8', '\x1b[2J'];
    busy.write(Buffer.from(parts.map((part) => part.repeat(400)).join('')));
    const answered: string[] = [];
    const last = busy.commands().then(() => answered.push('busy'));
    calm.write(Buffer.from('calm'));
    const { packed } = await calm.snapshot();
    answered.push('calm');
    expect(inflateRawSync(packed).toString()).toContain('calm');
    await last;
    expect(answered).toEqual(['calm', 'busy']);
  });
});
