import { beforeEach, describe, expect, it } from 'vitest';
import { decodeServerFrame } from '#protocol/frames.ts';
import { COMPOSING_MS, KIB, TERMINALS } from '#protocol/limits.ts';
import type { ServerMessage } from '#protocol/messages.ts';
import { silentLog } from '../../../server/lib/log.ts';
import type { RoomConnection } from '../../../server/rooms/connection.ts';
import { Desk } from '../../../server/rooms/desk.ts';
import type { SeatSpec } from '../../../server/seats/seat.ts';
import type { Mirror, Mirrors } from '../../../server/terminals/mirror.ts';
import type { Command } from '../../../server/terminals/mirror-messages.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedPty } from '../../support/scripted-pty.ts';
import { scriptedSeats } from '../../support/simulation/scripted-seat.ts';

/** A connection that writes down what it is told, and acknowledges when it is asked to. */
class Ear implements RoomConnection {
  readonly heard: ServerMessage[] = [];
  readonly ends = new Map<number, number>();
  readonly person: string;
  readonly tab: string;
  constructor(person: string, tab = person) {
    this.person = person;
    this.tab = tab;
  }
  send(message: ServerMessage): void {
    this.heard.push(message);
    if (message.t === 'resumed') this.ends.set(message.terminal, message.from);
  }
  output(bytes: Uint8Array, sent: () => void): void {
    const frame = decodeServerFrame(bytes);
    const length = frame?.kind === 'output' ? frame.bytes.length : 0;
    if (frame !== null) this.ends.set(frame.terminal, frame.offset + length);
    sent();
  }
  buffered(): number {
    return 0;
  }
  end(): void {}
  of<T extends ServerMessage['t']>(t: T): Extract<ServerMessage, { t: T }>[] {
    return this.heard.filter((message): message is Extract<ServerMessage, { t: T }> => message.t === t);
  }
}

class KilledPty extends ScriptedPty {
  killed = false;
  override kill(): void {
    this.killed = true;
    this.exit({ code: null, signal: 'SIGKILL' });
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

let clock: ManualClock;
let ptys: KilledPty[];
let ears: Ear[];
let desk: Desk;
/** What the mirror of each terminal says of commands. */
let say: ((command: Command) => void)[];
let epoch: number;
let i: number;

beforeEach(async () => {
  clock = new ManualClock(1_800_000_000_000);
  ptys = [];
  ears = [];
  say = [];
  i = 0;
  epoch = 1;
  const mirrors: Mirrors = {
    open: () => {
      const mirror: Mirror = {
        pending: 0,
        write: () => undefined,
        resize: () => undefined,
        snapshot: () => Promise.reject(new Error('it draws nothing')),
        commands: () => Promise.resolve([ran(1, 'ls', 0)]),
        onCommand: (handler) => say.push(handler),
        onProgress: () => undefined,
        onLost: () => undefined,
        [Symbol.dispose]: () => undefined,
      };
      return mirror;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  desk = new Desk(
    {
      seats: scriptedSeats(() => {
        const pty = new KilledPty();
        ptys.push(pty);
        return pty;
      }),
      mirrors,
      clock,
      log: silentLog,
      spec: () => ({}) as SeatSpec, // the scripted seats do not look at it
      ended: false,
      broadcast: (message) => {
        for (const ear of ears) ear.send(message);
      },
      onSeat: () => undefined,
    },
    { epoch: 0, driver: null, turn: null, navigator: null, note: null },
  );
  drive('driver');
});

function drive(driver: string): void {
  epoch += 1;
  desk.keyboardMoved({ epoch, driver, turn: null, navigator: null, note: null });
}

async function enter(person: string, tab = person, resume: Readonly<Record<number, number>> = {}) {
  const ear = new Ear(person, tab);
  ears.push(ear);
  desk.attach(ear, resume);
  void desk.ensure();
  await settled();
  acknowledge(ear);
  return ear;
}

function acknowledge(ear: Ear): void {
  for (const [terminal, offset] of ear.ends) desk.acknowledge(ear, { kind: 'ack', terminal, offset });
}

function type(ear: Ear, text: string, { answer = false, terminal = 1, number = ++i } = {}) {
  const bytes = Buffer.from(text);
  return desk.input(ear, { kind: 'input', terminal, epoch, i: number, answer, bytes });
}

const typed = (pty = ptys[0]) => Buffer.concat(pty?.written ?? []).toString();
const running = (n: number, line: string): Command => ({
  n,
  line,
  output: '',
  truncated: false,
  fullScreen: false,
  state: { status: 'running' },
});
const ran = (n: number, line: string, exit: number): Command => ({
  ...running(n, line),
  state: { status: 'done', exit },
});

describe('what programs ask of a terminal', () => {
  it('TERM-17 the tab that last typed answers, and no other', async () => {
    const one = await enter('driver', 'one');
    const two = await enter('driver', 'two');
    const viewer = await enter('viewer');
    type(one, 'a');
    type(two, 'wrong', { answer: true });
    expect(type(viewer, 'wrong', { answer: true })).toBeNull();
    type(one, '[one]', { answer: true });
    expect(typed()).toBe('a[one]');
    type(two, 'b');
    type(two, '[two]', { answer: true });
    type(one, 'wrong', { answer: true });
    expect(typed()).toBe('a[one]b[two]');
  });

  it('TERM-17 what was asked of one tab is not answered by the next', async () => {
    const one = await enter('driver', 'one');
    const two = await enter('driver', 'two');
    ptys[0]?.print('question');
    type(one, '[answer]', { answer: true });
    acknowledge(one);
    type(two, 'b');
    type(two, '[again]', { answer: true });
    expect(typed()).toBe('[answer]b');
    acknowledge(two);
    type(two, '[later]', { answer: true });
    expect(typed()).toBe('[answer]b[later]');
  });

  it('TERM-17 nor by who took the keyboard', async () => {
    const one = await enter('driver');
    const two = await enter('viewer');
    ptys[0]?.print('question');
    type(one, '[answer]', { answer: true });
    drive('viewer');
    type(two, '[again]', { answer: true });
    expect(typed()).toBe('[answer]');
  });

  it('TERM-17 nor from output that a repaint brings again', async () => {
    const one = await enter('driver');
    type(one, 'a');
    ptys[0]?.print('question');
    type(one, '[answer]', { answer: true });
    acknowledge(one);
    for (let n = 0; n < 48; n += 1) ptys[0]?.print(Buffer.alloc(16 * KIB, 'y'));
    desk.setVisible(one, false); // it paces nobody, and falls behind
    for (let n = 0; n < 16; n += 1) ptys[0]?.print(Buffer.alloc(64 * KIB, 'y'));
    clock.advance(300);
    ptys[0]?.print('y');
    acknowledge(one);
    await settled();
    type(one, '[again]', { answer: true });
    expect(typed()).toBe('a[answer]');
  });

  it('TERM-17 an answer is never typed ahead', async () => {
    const ear = new Ear('driver');
    ears.push(ear);
    desk.attach(ear, {});
    type(ear, 'keys');
    type(ear, '[answer]', { answer: true });
    await desk.ensure();
    expect(typed()).toBe('keys');
  });
});

describe('a tab that comes back', () => {
  it('TERM-22 takes the place of its old connection: size, answers and keys', async () => {
    const old = await enter('driver', 'tab');
    type(old, 'a');
    const back = await enter('driver', 'tab', Object.fromEntries(old.ends));
    type(back, '[answer]', { answer: true });
    type(old, 'late');
    expect(typed()).toBe('a[answer]');
    desk.resize(back, 1, { cols: 100, rows: 30 });
    expect(ptys[0]?.size).toEqual({ cols: 100, rows: 30 });
    desk.detach(old);
    type(back, 'b');
    expect(typed()).toBe('a[answer]b');
  });

  it('TERM-6 a key that is sent again is taken once, also over two connections', async () => {
    const old = await enter('driver', 'tab');
    type(old, 'a', { number: 1 });
    type(old, 'b', { number: 2 });
    desk.detach(old);
    const back = await enter('driver', 'tab');
    for (const [number, key] of ['a', 'b', 'c'].entries()) type(back, key, { number: number + 1 });
    expect(typed()).toBe('abc');
  });

  it('TERM-6 two people’s tabs are two, whatever they call them', async () => {
    const one = await enter('driver', 'tab');
    const two = await enter('viewer', 'tab');
    type(one, 'a', { number: 1000 });
    drive('viewer');
    type(two, 'b', { number: 1 });
    expect(typed()).toBe('ab');
  });
});

describe('several terminals', () => {
  it('TERM-16 the driver alone opens them, at most six; a number never comes again; the last one stays', async () => {
    const driver = await enter('driver');
    const viewer = await enter('viewer');
    expect(desk.open(viewer)).toBe('not-driver');
    for (let n = 2; n <= TERMINALS; n += 1) expect(desk.open(driver)).toBeNull();
    expect(desk.open(driver)).toBe('terminals-full');
    expect(desk.close(viewer, 2)).toBe('not-driver');
    expect(desk.close(driver, TERMINALS)).toBeNull();
    expect(desk.open(driver)).toBeNull();
    const numbers = () => desk.terminals.map(({ terminal }) => terminal);
    expect(numbers()).toEqual([1, 2, 3, 4, 5, 7]);
    for (const terminal of numbers().slice(1)) expect(desk.close(driver, terminal)).toBeNull();
    expect(desk.close(driver, 1)).toBe('last-terminal');
    expect(numbers()).toEqual([1]);
  });

  it('TERM-16 closing ends what runs in it, and is the last that is told of it', async () => {
    const driver = await enter('driver');
    desk.open(driver);
    await settled();
    expect(ptys).toHaveLength(2);
    expect(desk.close(driver, 2)).toBeNull();
    expect(ptys[1]?.killed).toBe(true);
    const news = driver.heard.filter(
      (message) =>
        (message.t === 'terminal' && message.info.terminal === 2) ||
        (message.t === 'closed' && message.terminal === 2),
    );
    expect(news.at(-1)?.t).toBe('closed');
    expect(typed(ptys[0])).toBe('');
  });

  it('TERM-16 everybody is shown where the driver looks, and only that', async () => {
    const driver = await enter('driver');
    const viewer = await enter('viewer');
    desk.open(driver);
    await settled();
    expect(viewer.of('front').at(-1)).toEqual({ t: 'front', terminal: 2 });
    desk.setFront(viewer, 1);
    clock.advance(1000);
    expect(desk.front).toBe(2);
    desk.setFront(driver, 1);
    clock.advance(1000);
    expect(viewer.of('front').at(-1)).toEqual({ t: 'front', terminal: 1 });
    desk.setFront(driver, 99);
    expect(desk.front).toBe(1);
    desk.setFront(driver, 2);
    desk.close(driver, 2);
    clock.advance(1000);
    expect(viewer.of('front').at(-1)).toEqual({ t: 'front', terminal: 1 });
  });

  it('TERM-16 each has its own keys, size and output', async () => {
    const driver = await enter('driver');
    desk.open(driver);
    await settled();
    type(driver, 'one', { terminal: 1, number: 1 });
    type(driver, 'two', { terminal: 2, number: 1 });
    expect([typed(ptys[0]), typed(ptys[1])]).toEqual(['one', 'two']);
    desk.resize(driver, 2, { cols: 120, rows: 40 });
    expect([ptys[0]?.size, ptys[1]?.size]).toEqual([null, { cols: 120, rows: 40 }]);
  });
});

describe('sizes', () => {
  it('TERM-7 TERM-15 of the driver’s tab that last typed, told to everybody at its place', async () => {
    const one = await enter('driver', 'one');
    const two = await enter('driver', 'two');
    const viewer = await enter('viewer');
    type(one, 'a');
    desk.resize(two, 1, { cols: 100, rows: 30 });
    desk.resize(viewer, 1, { cols: 50, rows: 10 });
    expect(ptys[0]?.size).toBeNull();
    ptys[0]?.print('before');
    type(two, 'b');
    expect(ptys[0]?.size).toEqual({ cols: 100, rows: 30 });
    for (const ear of [one, two, viewer]) {
      expect(ear.of('resized')).toEqual([
        { t: 'resized', terminal: 1, offset: ear.ends.get(1), cols: 100, rows: 30 },
      ]);
    }
  });
});

describe('a hand-over', () => {
  it('ROOM-15 waits for a conversion, half a minute at most, and for the driver’s alone', async () => {
    const driver = await enter('driver');
    const viewer = await enter('viewer');
    desk.setComposing(viewer, true);
    expect(desk.busyHands).toBeNull();
    desk.setComposing(driver, true);
    expect(desk.busyHands).toBe('composing');
    clock.advance(COMPOSING_MS - 1);
    expect(desk.busyHands).toBe('composing');
    clock.advance(1);
    expect(desk.busyHands).toBeNull();
    desk.setComposing(driver, true);
    desk.setComposing(driver, false);
    expect(desk.busyHands).toBeNull();
    desk.setComposing(driver, true);
    desk.detach(driver);
    expect(desk.busyHands).toBeNull();
  });
});

describe('commands', () => {
  it('TERM-18 everybody hears which one runs; who asked hears each, with who held the keyboard', async () => {
    const driver = await enter('driver');
    const viewer = await enter('viewer');
    desk.tellCommands(viewer, 1, true);
    await settled();
    expect(viewer.of('commands')).toMatchObject([{ terminal: 1, commands: [{ line: 'ls', by: null }] }]);
    say[0]?.(running(2, 'sleep 9'));
    clock.advance(100);
    expect(driver.of('terminal').at(-1)?.info.command).toBe('sleep 9');
    expect(driver.of('commands')).toEqual([]);
    expect(viewer.of('commands').at(-1)?.commands).toMatchObject([{ line: 'sleep 9', by: 'driver' }]);
    drive('viewer');
    say[0]?.(ran(2, 'sleep 9', 130));
    clock.advance(100);
    expect(driver.of('terminal').at(-1)?.info.command).toBeNull();
    expect(viewer.of('commands').at(-1)?.commands).toMatchObject([
      { by: 'driver', state: { status: 'done', exit: 130 } },
    ]);
    desk.tellCommands(viewer, 1, false);
    const before = viewer.of('commands').length;
    say[0]?.(running(3, 'true'));
    clock.advance(100);
    expect(viewer.of('commands')).toHaveLength(before);
  });
});
