/** A terminal without a room: a scripted pty, a clock of its own, and clients that write down what they get. */
import { inflateRawSync } from 'node:zlib';
import headless from '@xterm/headless';
import { afterEach, expect } from 'vitest';
import { decodeServerFrame } from '#protocol/frames.ts';
import { wallClock } from '../../server/lib/clock.ts';
import { silentLog } from '../../server/lib/log.ts';
import { createMirrors, type Mirrors } from '../../server/terminals/mirror.ts';
import type { Snapshot } from '../../server/terminals/mirror-messages.ts';
import type { SizeMark } from '../../server/terminals/output-log.ts';
import { Terminal } from '../../server/terminals/terminal.ts';
import type { ViewerPort } from '../../server/terminals/viewer.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedPty } from './scripted-pty.ts';
import { until } from './until.ts';

/** What a test made, and what ends with it. */
export const owned: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(owned.splice(0).map((one) => one[Symbol.asyncDispose]()));
});

/** A client that writes down what it gets. */
export class Client implements ViewerPort {
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
  snapshot(snapshot: Snapshot, gap: number, sent: () => void): void {
    this.snapshots.push({ ...snapshot, gap });
    this.end = snapshot.offset;
    this.onSent = sent;
  }
  /** What the network has not taken yet, and what to call when it has. */
  waiting = 0;
  onSent: () => void = () => undefined;
  buffered(): number {
    return this.waiting;
  }
  get text(): string {
    return Buffer.concat(this.got).toString();
  }
}

/** What somebody sees who gets it. */
export async function drawn(snapshot: Snapshot | undefined): Promise<string> {
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
export const eventually = (condition: () => boolean) =>
  until(() => {
    tick();
    return condition();
  });

export function loneTerminal(given?: Mirrors | null) {
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
export async function join(terminal: Terminal) {
  const client = new Client();
  const viewer = terminal.attach(client, null);
  await eventually(() => client.snapshots.length === 1);
  return { client, viewer };
}
