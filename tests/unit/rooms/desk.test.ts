import { beforeEach, describe, expect, it } from 'vitest';
import { COMPOSING_MS, KIB, TERMINALS } from '#protocol/limits.ts';
import type { Desk } from '../../../server/rooms/desk.ts';
import { DeskBench, Ear, type KilledPty, settled } from '../../support/desk-bench.ts';
import type { ManualClock } from '../../support/manual-clock.ts';

let bench: DeskBench;
let clock: ManualClock;
let ptys: readonly KilledPty[];
let desk: Desk;
const enter: DeskBench['enter'] = (...who) => bench.enter(...who);
const type: DeskBench['type'] = (...keys) => bench.type(...keys);
const typed: DeskBench['typed'] = (...pty) => bench.typed(...pty);
const acknowledge: DeskBench['acknowledge'] = (ear) => bench.acknowledge(ear);
const drive: DeskBench['drive'] = (driver) => bench.drive(driver);

beforeEach(() => {
  bench = new DeskBench();
  ({ clock, ptys, desk } = bench);
});

describe('what programs ask of a terminal', () => {
  it('TERM-17 the tab that last typed answers, and no other', async () => {
    const one = await enter('driver', 'one');
    const two = await enter('driver', 'two');
    const viewer = await enter('viewer');
    type(one, 'a');
    type(two, 'wrong', { answer: true });
    type(viewer, 'wrong', { answer: true });
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
    bench.ears.push(ear);
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

  it('TERM-22 is not put out by its old connection, whose hello came last', async () => {
    const old = await enter('driver', 'tab');
    const back = await enter('driver', 'tab');
    desk.detach(old);
    desk.attach(old, {});
    type(back, 'a');
    type(old, 'late');
    expect(typed()).toBe('a');
    desk.detach(old);
    type(back, 'b');
    expect(typed()).toBe('ab');
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

  it('TERM-6 is remembered as one of the last 64 that typed', async () => {
    const first = await enter('driver', 'first');
    type(first, 'a', { number: 1000 });
    const others = async (from: number) => {
      for (let n = from; n < from + 63; n += 1) type(await enter('driver', `tab ${n}`), '.');
    };
    await others(0);
    type(first, 'again', { number: 1000 });
    expect(typed()).not.toContain('again');
    await others(100);
    type(await enter('driver', 'one more'), '.');
    type(first, 'forgotten', { number: 1000 });
    expect(typed()).toContain('forgotten');
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
  it('TERM-16 there are at most six; a number never comes again; the last one stays', async () => {
    const driver = await enter('driver');
    for (let n = 2; n <= TERMINALS; n += 1) expect(bench.open(driver)).toBeNull();
    expect(bench.open(driver)).toBe('terminals-full');
    expect(desk.close(TERMINALS)).toBeNull();
    expect(bench.open(driver)).toBeNull();
    const numbers = () => desk.terminals.map(({ terminal }) => terminal);
    expect(numbers()).toEqual([1, 2, 3, 4, 5, 7]);
    for (const terminal of numbers().slice(1)) expect(desk.close(terminal)).toBeNull();
    expect(desk.close(1)).toBe('last-terminal');
    expect(numbers()).toEqual([1]);
  });

  it('TERM-16 two a second at most are opened, whoever asks', async () => {
    const tabs = [await enter('driver', 'one'), await enter('driver', 'two')];
    let opened = 0;
    for (let ms = 0; ms < 2000; ms += 100) {
      for (const tab of tabs) {
        const refused = desk.open(tab);
        if (refused === null) desk.close(desk.front);
        else expect(refused).toBe('too-many');
        opened += refused === null ? 1 : 0;
      }
      clock.advance(100);
    }
    expect(opened).toBe(4);
  });

  it('TERM-16 closing ends what runs in it, and is the last that is told of it', async () => {
    const driver = await enter('driver');
    bench.open(driver);
    await settled();
    expect(ptys).toHaveLength(2);
    expect(desk.close(2)).toBeNull();
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
    bench.open(driver);
    await settled();
    expect(viewer.of('front').at(-1)).toEqual({ t: 'front', terminal: 2 });
    desk.setFront(1);
    clock.advance(1000);
    expect(viewer.of('front').at(-1)).toEqual({ t: 'front', terminal: 1 });
    desk.setFront(99);
    expect(desk.front).toBe(1);
    desk.setFront(2);
    desk.close(2);
    clock.advance(1000);
    expect(viewer.of('front').at(-1)).toEqual({ t: 'front', terminal: 1 });
  });

  it('TERM-16 each has its own keys, size and output', async () => {
    const driver = await enter('driver');
    bench.open(driver);
    await settled();
    type(driver, 'one', { terminal: 1, number: 1 });
    type(driver, 'two', { terminal: 2, number: 1 });
    expect([typed(ptys[0]), typed(ptys[1])]).toEqual(['one', 'two']);
    desk.resize(driver, 2, { cols: 120, rows: 40 });
    expect([ptys[0]?.size, ptys[1]?.size]).toEqual([null, { cols: 120, rows: 40 }]);
  });
});

describe('a terminal that is opened', () => {
  const size = { cols: 100, rows: 30 };

  it('TERM-7 TERM-17 takes size and answers from the tab that opened it', async () => {
    await enter('driver', 'one');
    const two = await enter('driver', 'two');
    bench.open(two);
    await settled();
    acknowledge(two);
    desk.resize(two, 2, size);
    expect(ptys[1]?.size).toEqual(size);
    type(two, '[two]', { answer: true, terminal: 2 });
    expect(typed(ptys[1])).toBe('[two]');
  });

  it('TERM-4 is not paced by a tab that was hidden before', async () => {
    const driver = await enter('driver');
    desk.setVisible(driver, false);
    bench.open(driver);
    await settled();
    for (let n = 0; n < 16; n += 1) ptys[1]?.print(Buffer.alloc(64 * KIB, 'y'));
    expect(ptys[1]?.paused).toBe(false);
  });

  it('TERM-7 after a hand-over belongs to a tab that is to be seen', async () => {
    const one = await enter('driver', 'one');
    const two = await enter('driver', 'two');
    drive('viewer');
    desk.setVisible(one, false);
    drive('driver');
    desk.resize(two, 1, size);
    expect(ptys[0]?.size).toEqual(size);
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
  it('ROOM-15 waits for a conversion, half a minute at most', async () => {
    const driver = await enter('driver');
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

  it('ROOM-15 is not held up for longer by who says the same again, in whichever tab', async () => {
    const tabs = [await enter('driver', 'one'), await enter('driver', 'two')] as const;
    for (let n = 0; n < 3; n += 1) {
      for (const tab of tabs) desk.setComposing(tab, true);
      clock.advance(COMPOSING_MS / 2);
    }
    expect(desk.busyHands).toBeNull();
  });
});

describe('LIMIT-5 output without end', () => {
  const print = (mebibytes: number): void => {
    for (let n = 0; n < mebibytes * 16; n += 1) ptys[0]?.print(Buffer.alloc(64 * KIB, 'y\n'));
  };

  it('that nobody follows is told to the seat, and held up', async () => {
    desk.setVisible(await enter('driver'), false);
    print(63);
    expect(bench.floods).toBe(0);
    print(2);
    expect(bench.floods).toBe(1);
    expect(ptys[0]?.paused).toBe(true);
  });
});
