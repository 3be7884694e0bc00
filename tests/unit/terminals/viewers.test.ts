import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HIGH_WATER_BYTES, KIB, LEAST_WINDOW_BYTES, SCROLLBACK_BYTES } from '#protocol/limits.ts';
import type { Mirror } from '../../../server/terminals/mirror.ts';
import { Client, drawn, eventually, join, loneTerminal } from '../../support/lone-terminal.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import type { ScriptedPty } from '../../support/scripted-pty.ts';

describe('who is behind', () => {
  /** Prints a little at a time, and lets time pass. */
  const drip = (pty: ScriptedPty, clock: ManualClock, ms: number) => {
    for (let at = 0; at < ms; at += 50) {
      pty.print('drip');
      clock.advance(50);
    }
  };
  const block = Buffer.alloc(HIGH_WATER_BYTES + KIB, 'y');

  it('TERM-5 for 250 ms gets a repaint, however little it is', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { client, viewer } = await join(terminal);
    pty.print(block);
    expect(client.end).toBeLessThan(terminal.end);
    clock.advance(250);
    pty.print('x');
    expect(viewer.state).toBe('following');
    drip(pty, clock, 50);
    expect(viewer.state).toBe('behind');
    terminal.acknowledge(viewer, client.end);
    await eventually(() => client.snapshots.length === 2);
    expect(client.snapshots[1]?.gap).toBeGreaterThan(0);
  });

  it('TERM-5 for less than that goes on without a gap', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { client, viewer } = await join(terminal);
    pty.print(block);
    drip(pty, clock, 200);
    for (let n = 0; n < 3; n += 1) terminal.acknowledge(viewer, client.end);
    drip(pty, clock, 400);
    expect(viewer.state).toBe('following');
    expect(client.end).toBe(terminal.end);
    expect(client.snapshots).toHaveLength(1);
  });

  it('TERM-5 is not the driver that paces', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { client, viewer } = await join(terminal);
    terminal.pace(viewer);
    pty.print(block);
    clock.advance(1500);
    pty.print('x');
    expect(viewer.state).toBe('following');
    for (let n = 0; n < 100 && client.end < terminal.end; n += 1) terminal.acknowledge(viewer, client.end);
    expect(client.snapshots).toHaveLength(1);
  });

  it('TERM-5 is not who was just given a place, for what it is owed', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { client, viewer } = await join(terminal);
    const from = client.end;
    terminal.detach(viewer);
    for (let n = 0; n < 6; n += 1) pty.print(block);
    const again = new Client();
    const back = terminal.attach(again, from);
    drip(pty, clock, 1000);
    expect(back.state).toBe('following');
    for (let n = 0; n < 100 && again.end < terminal.end; n += 1) terminal.acknowledge(back, again.end);
    expect(again.end).toBe(terminal.end);
    expect(again.snapshots).toEqual([]);
  });

  it('TERM-5 less is on its way to who acknowledges slowly, and more again when that is over', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { client, viewer } = await join(terminal);
    terminal.pace(viewer);
    const { high } = viewer.water;
    const exchange = async (acknowledgedAfter: number) => {
      pty.print(Buffer.alloc(viewer.water.high, 'y'));
      clock.advance(acknowledgedAfter);
      await eventually(() => {
        terminal.acknowledge(viewer, client.end);
        return client.end === terminal.end && !pty.paused;
      });
    };
    await exchange(400);
    expect(viewer.water.high).toBe(high / 2);
    for (let n = 0; n < 8; n += 1) await exchange(400);
    expect(viewer.water.high).toBe(LEAST_WINDOW_BYTES);
    const before = client.end;
    pty.print(block);
    expect(client.end - before).toBeLessThan(LEAST_WINDOW_BYTES + 64 * KIB);
    for (let n = 0; n < 8; n += 1) await exchange(20);
    expect(viewer.water.high).toBe(HIGH_WATER_BYTES);
  });
});

describe('sizes stand in the output', () => {
  const sizes = /<(\d+)×(\d+)>/;

  it('TERM-15 for who follows, and for who resumes before, at and after', async () => {
    const { terminal, pty } = loneTerminal();
    const { client } = await join(terminal);
    const from = client.end;
    pty.print('one');
    terminal.resize(60, 10);
    pty.print('two');
    await eventually(() => client.text.endsWith('two'));
    expect(client.text).toBe('one<60×10>two');
    const resumed = (offset: number) => {
      const again = new Client();
      terminal.attach(again, offset);
      return again.text;
    };
    expect(resumed(from)).toBe('one<60×10>two');
    expect(resumed(from + 3)).toBe('<60×10>two');
    expect(resumed(from + 4)).toBe('wo');
  });

  it('TERM-15 for who comes late, and for the mirror', async () => {
    const { terminal, pty } = loneTerminal();
    pty.print(`${'x'.repeat(50)}\r\n`);
    terminal.resize(60, 10);
    pty.print('y'.repeat(50));
    const { client } = await join(terminal);
    expect(client.snapshots[0]).toMatchObject({ cols: 60, rows: 10 });
    expect(await drawn(client.snapshots[0])).toBe(`${'x'.repeat(50)}\n${'y'.repeat(50)}`);
    expect(client.text).not.toMatch(sizes);
  });

  it('TERM-15 who resumes where two sizes meet is repainted', async () => {
    const { terminal, pty } = loneTerminal();
    const { client } = await join(terminal);
    pty.print('one');
    const from = client.end;
    terminal.resize(60, 10);
    terminal.resize(70, 12);
    pty.print('two');
    const again = new Client();
    terminal.attach(again, from);
    await eventually(() => again.snapshots.length === 1);
    expect(again.resumedFrom).toBeNull();
    expect(again.snapshots[0]).toMatchObject({ cols: 70, rows: 12 });
    expect(await drawn(again.snapshots[0])).toBe('onetwo');
  });
});

describe('who comes in the middle of a flood', () => {
  it('TERM-10 gets a screen from which everything goes on, however busy the mirror is', async () => {
    let given = 0;
    let draw: () => void = () => undefined;
    const busy = (base: number): Mirror => ({
      get pending() {
        return given;
      },
      write: (chunk) => {
        given += chunk.length;
      },
      resize: () => undefined,
      snapshot: () => {
        const offset = base + given;
        return new Promise((resolve) => {
          draw = () => resolve({ offset, cols: 40, rows: 5, packed: deflateRawSync('') });
        });
      },
      commands: () => Promise.resolve([]),
      onProgress: () => undefined,
      onLost: () => undefined,
      onCommand: () => undefined,
      [Symbol.dispose]: () => undefined,
    });
    const { terminal, pty } = loneTerminal({
      open: ({ base }) => busy(base),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    const flood = () => {
      for (let i = 0; i < 100 && !pty.paused; i += 1) pty.print(Buffer.alloc(64 * KIB, 'y'));
    };
    pty.print(Buffer.alloc(64 * KIB, 'y'));
    const asked = terminal.end;
    const late = new Client();
    terminal.attach(late, null);
    flood();
    expect(pty.paused).toBe(true);
    draw();
    await eventually(() => late.snapshots.length === 1);
    expect(late.snapshots[0]?.offset).toBe(asked);
    expect(pty.paused).toBe(false); // the mirror alone may be further behind
  });
});

describe('a socket that takes nothing', () => {
  it('TERM-5 gets no second screen before the network has taken the first', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { client, viewer } = await join(terminal);
    client.waiting = HIGH_WATER_BYTES;
    for (let at = 0; at < 3000; at += 50) {
      pty.print('drip');
      clock.advance(50);
      terminal.acknowledge(viewer, client.end); // blindly
      await new Promise(setImmediate);
    }
    expect(client.snapshots).toHaveLength(1);
    client.waiting = 0;
    client.onSent();
    await eventually(() => client.snapshots.length === 2);
  });
});

describe('without a mirror', () => {
  it('TERM-10 who comes is told what is gone', async () => {
    const { terminal, pty } = loneTerminal(null);
    const first = await join(terminal);
    expect(first.client.snapshots[0]?.gap).toBe(0);
    for (let i = 0; i < 40; i += 1) pty.print(Buffer.alloc(64 * KIB, 'y'));
    const { client } = await join(terminal);
    expect(client.snapshots[0]?.gap).toBe(40 * 64 * KIB - SCROLLBACK_BYTES);
  });
});

describe('the end of a shell', () => {
  it('TERM-8 holds nothing back: what may have begun a secret is shown as asterisks', async () => {
    const { terminal, pty } = loneTerminal();
    const { client } = await join(terminal);
    terminal.hide(Buffer.from('hunter2-hunter2-hunter2'));
    pty.print('the tail: hunter2-hun');
    await eventually(() => client.text === 'the tail: ');
    pty.exit({ code: 0, signal: null });
    expect(client.text).toBe('the tail: ***********');
    const late = await join(terminal);
    expect(await drawn(late.client.snapshots[0])).toBe('the tail: ***********');
  });
});
