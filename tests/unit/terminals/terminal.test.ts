import { describe, expect, it } from 'vitest';
import {
  ACK_EVERY_BYTES,
  ACK_TIMEOUT_MS,
  HIGH_WATER_BYTES,
  KIB,
  LOW_WATER_BYTES,
  MIB,
} from '#protocol/limits.ts';
import { wallClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createMirrors, type Mirror } from '../../../server/terminals/mirror.ts';
import { Client, drawn, eventually, join, loneTerminal, owned } from '../../support/lone-terminal.ts';
import { ScriptedPty } from '../../support/scripted-pty.ts';

describe('resume and repaint', () => {
  it('TERM-2 gives exactly the bytes after the offset', async () => {
    const { terminal, pty } = loneTerminal();
    const { client } = await join(terminal);
    pty.print('one ');
    await eventually(() => client.text === 'one ');
    const again = new Client();
    const from = client.end - 2;
    terminal.attach(again, from);
    pty.print('two');
    expect(again.resumedFrom).toBe(from);
    await eventually(() => again.text === 'e two');
  });

  it('TERM-2 an offset of another life gets a snapshot', async () => {
    const { terminal, pty } = loneTerminal();
    pty.print('hello');
    const late = new Client();
    terminal.attach(late, terminal.end + 1);
    await eventually(() => late.snapshots.length === 1);
    expect(late.snapshots[0]).toMatchObject({ cols: 40, rows: 5, gap: 0 });
    expect(await drawn(late.snapshots[0])).toBe('hello');
  });

  it('TERM-3 a snapshot never splits a character', async () => {
    const { terminal, pty } = loneTerminal();
    const bytes = Buffer.from('a土');
    pty.print(bytes.subarray(0, 3));
    const { client } = await join(terminal);
    pty.print(bytes.subarray(3));
    await eventually(() => client.text === '土');
    expect(await drawn(client.snapshots[0])).toBe('a');
  });
});

describe('pace', () => {
  const flood = (pty: ScriptedPty, bytes: number) => {
    for (let left = bytes; left > 0; left -= 64 * KIB) pty.print(Buffer.alloc(Math.min(left, 64 * KIB), 'y'));
  };

  it('TERM-4 the driver pauses the pty above high water and resumes it below low', async () => {
    const { terminal, pty } = loneTerminal();
    const { client, viewer } = await join(terminal);
    const start = client.end;
    terminal.pace(viewer);
    flood(pty, HIGH_WATER_BYTES);
    expect(pty.paused).toBe(false);
    flood(pty, 64 * KIB);
    expect(pty.paused).toBe(true);
    terminal.acknowledge(viewer, start + HIGH_WATER_BYTES);
    expect(pty.paused).toBe(true);
    terminal.acknowledge(viewer, client.end);
    await eventually(() => !pty.paused);
    expect(terminal.end - viewer.acked).toBeLessThanOrEqual(LOW_WATER_BYTES);
  });

  it('TERM-4 a driver that is silent for two seconds paces nobody', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { viewer } = await join(terminal);
    terminal.pace(viewer);
    flood(pty, HIGH_WATER_BYTES + 64 * KIB);
    expect(pty.paused).toBe(true);
    clock.advance(ACK_TIMEOUT_MS + 10);
    await eventually(() => !pty.paused);
  });

  it('TERM-4 a driver that owes no acknowledgement yet is not silent', async () => {
    const { terminal, pty, clock } = loneTerminal();
    const { viewer } = await join(terminal);
    terminal.pace(viewer);
    flood(pty, ACK_EVERY_BYTES - 1);
    clock.advance(ACK_TIMEOUT_MS + 10);
    flood(pty, HIGH_WATER_BYTES);
    expect(pty.paused).toBe(true);
  });

  it('TERM-4 a hidden driver paces nobody', async () => {
    const { terminal, pty } = loneTerminal();
    const { viewer } = await join(terminal);
    terminal.pace(viewer);
    flood(pty, HIGH_WATER_BYTES + 64 * KIB);
    terminal.setVisible(viewer, false);
    await eventually(() => !pty.paused);
  });

  it('TERM-5 a stalled viewer costs its window, slows nobody, and is repainted when it reads on', async () => {
    const { terminal, pty } = loneTerminal();
    const stalled = await join(terminal);
    const healthy = await join(terminal);
    terminal.pace(healthy.viewer);
    for (let i = 0; i < 48; i += 1) {
      flood(pty, 64 * KIB);
      terminal.acknowledge(healthy.viewer, healthy.client.end);
    }
    pty.print('\r\nthe end');
    terminal.acknowledge(healthy.viewer, healthy.client.end);
    expect(Buffer.concat(stalled.client.got).length).toBeLessThanOrEqual(HIGH_WATER_BYTES + 64 * KIB);
    expect(Buffer.concat(healthy.client.got).length).toBeGreaterThanOrEqual(3 * MIB);
    terminal.acknowledge(stalled.viewer, stalled.client.end);
    await eventually(() => stalled.client.snapshots.length === 2);
    expect(await drawn(stalled.client.snapshots[1])).toContain('the end');
    expect(stalled.client.snapshots[1]?.gap).toBeGreaterThan(MIB);
  });
});

describe('memory of frames', () => {
  it('TERM-9 a frame that one viewer’s socket still holds is not written over', async () => {
    const { terminal, pty } = loneTerminal();
    const { client, viewer } = await join(terminal);
    const kept: { readonly frame: Uint8Array; readonly sent: () => void }[] = [];
    client.output = (frame, sent) => kept.push({ frame, sent });
    for (const letter of ['a', 'b', 'c']) {
      pty.print(Buffer.alloc(64 * KIB, letter));
      terminal.acknowledge(viewer, terminal.end);
    }
    const letters = () => kept.map(({ frame }) => String.fromCharCode(frame[frame.length - 1] ?? 0)).join('');
    expect(letters()).toBe('abc');
    kept[0]?.sent();
    pty.print(Buffer.alloc(64 * KIB, 'd'));
    expect(letters()).toBe('dbcd');
  });
});

describe('a repaint never leads to the next', () => {
  const lines = (count: number) => Buffer.from('soil\r\n'.repeat(count));

  it('TERM-2 whoever is within the scrollback gets every byte, however far behind', async () => {
    const { terminal, pty } = loneTerminal();
    const { client, viewer } = await join(terminal);
    const from = client.end;
    terminal.detach(viewer);
    for (let i = 0; i < 24; i += 1) pty.print(lines(64 * 170));
    expect(terminal.end - from).toBeGreaterThan(1.4 * MIB);
    const again = new Client();
    const back = terminal.attach(again, from);
    while (again.end < terminal.end) terminal.acknowledge(back, again.end);
    expect(again.resumedFrom).toBe(from);
    expect(again.snapshots).toEqual([]);
    expect(again.text).toBe(
      lines(64 * 170)
        .toString()
        .repeat(24),
    );
  });

  it('TERM-10 in a string without an end, one snapshot and then what the scrollback holds', async () => {
    const { terminal, pty } = loneTerminal();
    pty.print('\x1b]0;');
    for (let i = 0; i < 48; i += 1) pty.print(Buffer.alloc(64 * KIB, 'y'));
    const { client, viewer } = await join(terminal);
    while (client.end < terminal.end) terminal.acknowledge(viewer, client.end);
    expect(client.snapshots).toHaveLength(1);
    terminal.acknowledge(viewer, client.end);
    pty.print('z');
    await eventually(() => client.text.endsWith('z'));
    expect(client.snapshots).toHaveLength(1);
  });

  it('TERM-10 without a mirror, what the scrollback holds', async () => {
    const { terminal, pty } = loneTerminal(null);
    for (let i = 0; i < 48; i += 1) pty.print(Buffer.alloc(64 * KIB, 'y'));
    const { client, viewer } = await join(terminal);
    while (client.end < terminal.end) terminal.acknowledge(viewer, client.end);
    expect(client.snapshots).toHaveLength(1);
    expect(Buffer.concat(client.got).length).toBe(2 * MIB);
  });

  it('TERM-10 a mirror that was lost is made again from the scrollback', async () => {
    const real = createMirrors({ clock: wallClock, log: silentLog });
    owned.push(real);
    let lose: () => void = () => undefined;
    const brittle = (): Mirror => ({
      pending: 0,
      write: () => undefined,
      resize: () => undefined,
      snapshot: () => Promise.reject(new Error('lost')),
      commands: () => Promise.resolve([]),
      onCommand: () => undefined,
      onProgress: () => undefined,
      onLost: (handler) => {
        lose = handler;
      },
      [Symbol.dispose]: () => undefined,
    });
    let opened = 0;
    const { terminal, pty } = loneTerminal({
      open: (options) => (opened++ === 0 ? brittle() : real.open(options)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    pty.print('before ');
    lose();
    pty.print('after');
    const { client } = await join(terminal);
    expect(await drawn(client.snapshots[0])).toBe('before after');
  });
});

describe('the end of a shell', () => {
  it('TERM-8 is told after the last byte, and another shell goes on in the same stream', async () => {
    const { terminal, pty, exits } = loneTerminal();
    const { client } = await join(terminal);
    pty.print('bye');
    pty.exit({ code: 3, signal: null });
    expect(client.text).toBe('bye');
    expect(exits).toEqual([{ code: 3, signal: null }]);
    const next = new ScriptedPty();
    terminal.run(next, () => undefined);
    next.print(' again');
    await eventually(() => client.text === 'bye again');
  });
});
