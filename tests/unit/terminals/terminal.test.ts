import { inflateRawSync } from 'node:zlib';
import headless from '@xterm/headless';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeServerFrame } from '#protocol/frames.ts';
import {
  ACK_EVERY_BYTES,
  ACK_TIMEOUT_MS,
  HIGH_WATER_BYTES,
  KIB,
  LEAST_WINDOW_BYTES,
  LOW_WATER_BYTES,
  MIB,
} from '#protocol/limits.ts';
import { wallClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createMirrors, type Mirror, type Mirrors } from '../../../server/terminals/mirror.ts';
import type { Snapshot } from '../../../server/terminals/mirror-messages.ts';
import type { SizeMark } from '../../../server/terminals/output-log.ts';
import { Terminal } from '../../../server/terminals/terminal.ts';
import type { ViewerPort } from '../../../server/terminals/viewer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedPty } from '../../support/scripted-pty.ts';
import { until } from '../../support/until.ts';

const owned: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(owned.splice(0).map((one) => one[Symbol.asyncDispose]()));
});

/** A client that writes down what it gets. */
class Client implements ViewerPort {
  readonly got: Buffer[] = [];
  readonly snapshots: (Snapshot & { gap: number })[] = [];
  resumedFrom: number | null = null;
  end = 0;

  output(frame: Uint8Array, sent: () => void): void {
    const output = decodeServerFrame(frame);
    if (output?.kind !== 'output') throw new Error('not an output frame');
    if (this.end !== 0) expect(output.offset).toBe(this.end);
    this.end = output.offset + output.bytes.length;
    this.got.push(Buffer.from(output.bytes));
    sent();
  }
  resized(mark: SizeMark): void {
    expect(mark.offset).toBe(this.end);
    this.got.push(Buffer.from(`<${mark.cols}×${mark.rows}>`));
  }
  resumed(from: number): void {
    this.resumedFrom = from;
    this.end = from;
  }
  snapshot(snapshot: Snapshot, gap: number): void {
    this.snapshots.push({ ...snapshot, gap });
    this.end = snapshot.offset;
  }
  buffered(): number {
    return 0;
  }
  get text(): string {
    return Buffer.concat(this.got).toString();
  }
}

/** What somebody sees who gets it. */
async function drawn(snapshot: Snapshot | undefined): Promise<string> {
  if (snapshot === undefined) throw new Error('there is no snapshot');
  const { cols, rows, packed } = snapshot;
  const screen = new headless.Terminal({ cols, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => screen.write(inflateRawSync(packed), resolve));
  const { active } = screen.buffer;
  const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true));
  return lines.join('\n').trimEnd();
}

/** Polls, and lets the terminal's own time pass, so that coalesced output goes out. */
let tick: () => void = () => undefined;
const eventually = (condition: () => boolean) =>
  until(() => {
    tick();
    return condition();
  });

function desk(given?: Mirrors | null) {
  const own = given === undefined ? createMirrors({ clock: wallClock, log: silentLog }) : null;
  if (own !== null) owned.push(own);
  const mirrors = own ?? given ?? null;
  const clock = new ManualClock(1_800_000_000_000);
  tick = () => clock.advance(5);
  const terminal = new Terminal({ number: 1, cols: 40, rows: 5, mirrors, clock });
  const pty = new ScriptedPty();
  const exits: unknown[] = [];
  terminal.run(pty, (exit) => exits.push(exit));
  return { terminal, pty, clock, exits };
}

/** A client with everything so far. */
async function join(terminal: Terminal) {
  const client = new Client();
  const viewer = terminal.attach(client, null);
  await eventually(() => client.snapshots.length === 1);
  return { client, viewer };
}

describe('resume and repaint', () => {
  it('TERM-2 gives exactly the bytes after the offset', async () => {
    const { terminal, pty } = desk();
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
    const { terminal, pty } = desk();
    pty.print('hello');
    const late = new Client();
    terminal.attach(late, terminal.end + 1);
    await eventually(() => late.snapshots.length === 1);
    expect(late.snapshots[0]).toMatchObject({ cols: 40, rows: 5, gap: 0 });
    expect(await drawn(late.snapshots[0])).toBe('hello');
  });

  it('TERM-3 a snapshot never splits a character', async () => {
    const { terminal, pty } = desk();
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
    const { terminal, pty } = desk();
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
    const { terminal, pty, clock } = desk();
    const { viewer } = await join(terminal);
    terminal.pace(viewer);
    flood(pty, HIGH_WATER_BYTES + 64 * KIB);
    expect(pty.paused).toBe(true);
    clock.advance(ACK_TIMEOUT_MS + 10);
    await eventually(() => !pty.paused);
  });

  it('TERM-4 a driver that owes no acknowledgement yet is not silent', async () => {
    const { terminal, pty, clock } = desk();
    const { viewer } = await join(terminal);
    terminal.pace(viewer);
    flood(pty, ACK_EVERY_BYTES - 1);
    clock.advance(ACK_TIMEOUT_MS + 10);
    flood(pty, HIGH_WATER_BYTES);
    expect(pty.paused).toBe(true);
  });

  it('TERM-4 a hidden driver paces nobody', async () => {
    const { terminal, pty } = desk();
    const { viewer } = await join(terminal);
    terminal.pace(viewer);
    flood(pty, HIGH_WATER_BYTES + 64 * KIB);
    terminal.setVisible(viewer, false);
    await eventually(() => !pty.paused);
  });

  it('TERM-5 a stalled viewer costs its window, slows nobody, and is repainted when it reads on', async () => {
    const { terminal, pty } = desk();
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
    const { terminal, pty, clock } = desk();
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
    const { terminal, pty, clock } = desk();
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
    const { terminal, pty, clock } = desk();
    const { client, viewer } = await join(terminal);
    terminal.pace(viewer);
    pty.print(block);
    clock.advance(1500);
    pty.print('x');
    expect(viewer.state).toBe('following');
    while (client.end < terminal.end) terminal.acknowledge(viewer, client.end);
    expect(client.snapshots).toHaveLength(1);
  });

  it('TERM-5 is not who was just given a place, for what it is owed', async () => {
    const { terminal, pty, clock } = desk();
    const { client, viewer } = await join(terminal);
    const from = client.end;
    terminal.detach(viewer);
    for (let n = 0; n < 6; n += 1) pty.print(block);
    const again = new Client();
    const back = terminal.attach(again, from);
    drip(pty, clock, 1000);
    expect(back.state).toBe('following');
    while (again.end < terminal.end) terminal.acknowledge(back, again.end);
    expect(again.snapshots).toEqual([]);
  });

  it('TERM-5 less is on its way to who acknowledges slowly, and more again when that is over', async () => {
    const { terminal, pty, clock } = desk();
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
    const { terminal, pty } = desk();
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
    const { terminal, pty } = desk();
    pty.print(`${'x'.repeat(50)}\r\n`);
    terminal.resize(60, 10);
    pty.print('y'.repeat(50));
    const { client } = await join(terminal);
    expect(client.snapshots[0]).toMatchObject({ cols: 60, rows: 10 });
    expect(await drawn(client.snapshots[0])).toBe(`${'x'.repeat(50)}\n${'y'.repeat(50)}`);
    expect(client.text).not.toMatch(sizes);
  });

  it('TERM-15 who resumes where two sizes meet is repainted', async () => {
    const { terminal, pty } = desk();
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

describe('memory of frames', () => {
  it('TERM-9 a frame that one viewer’s socket still holds is not written over', async () => {
    const { terminal, pty } = desk();
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
    const { terminal, pty } = desk();
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
    const { terminal, pty } = desk();
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
    const { terminal, pty } = desk(null);
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
    const { terminal, pty } = desk({
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
    const { terminal, pty, exits } = desk();
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
