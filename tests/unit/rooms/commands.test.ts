import { beforeEach, describe, expect, it } from 'vitest';
import { KIB, MIB } from '#protocol/limits.ts';
import { DeskBench, ran, running, settled } from '../../support/desk-bench.ts';

let bench: DeskBench;
beforeEach(() => {
  bench = new DeskBench();
});

describe('the list of commands', () => {
  it('TERM-18 everybody hears which one runs; who asked hears each, with who held the keyboard', async () => {
    const driver = await bench.enter('driver');
    const viewer = await bench.enter('viewer');
    bench.desk.tellCommands(viewer, 1, true);
    await settled();
    expect(viewer.of('commands')).toMatchObject([{ terminal: 1, commands: [{ line: 'ls', by: null }] }]);
    bench.marks[0]?.say(running(2, 'sleep 9'));
    bench.clock.advance(100);
    expect(driver.of('terminal').at(-1)?.info.command).toBe('sleep 9');
    expect(driver.of('commands')).toEqual([]);
    expect(viewer.of('commands').at(-1)?.commands).toMatchObject([{ line: 'sleep 9', by: 'driver' }]);
    bench.drive('viewer');
    bench.marks[0]?.say(ran(2, 'sleep 9', 130));
    bench.clock.advance(100);
    expect(driver.of('terminal').at(-1)?.info.command).toBeNull();
    expect(viewer.of('commands').at(-1)?.commands).toMatchObject([
      { by: 'driver', state: { status: 'done', exit: 130 } },
    ]);
    bench.desk.tellCommands(viewer, 1, false);
    const before = viewer.of('commands').length;
    bench.marks[0]?.say(running(3, 'true'));
    bench.clock.advance(100);
    expect(viewer.of('commands')).toHaveLength(before);
  });

  it('TERM-18 is sent when somebody begins to look, and once a second at most', async () => {
    const viewer = await bench.enter('viewer');
    for (let n = 0; n < 100; n += 1) {
      bench.desk.tellCommands(viewer, 1, true);
      await settled();
      bench.desk.tellCommands(viewer, 1, n % 3 !== 2);
      bench.clock.advance(100);
      await settled();
    }
    const { length } = viewer.of('commands');
    expect(length).toBeGreaterThan(2);
    expect(length).toBeLessThanOrEqual(10);
    for (let n = 0; n < 5; n += 1) {
      bench.desk.tellCommands(viewer, 1, true); // it has it, or is about to
      bench.clock.advance(1000);
      await settled();
    }
    expect(viewer.of('commands').length - length).toBeLessThanOrEqual(1);
  });

  it('TERM-18 is asked of the mirror once for all who wait', async () => {
    const viewers = [await bench.enter('a'), await bench.enter('b'), await bench.enter('c')];
    for (const viewer of viewers) bench.desk.tellCommands(viewer, 1, true);
    await settled();
    bench.clock.advance(1000);
    await settled();
    for (const viewer of viewers) expect(viewer.of('commands')).toHaveLength(1);
    expect(bench.marks[0]?.asked).toBe(2); // the first did not wait for the others
  });

  it('TERM-18 of the terminal that somebody looks at now, not of the one before', async () => {
    const driver = await bench.enter('driver');
    bench.open(driver);
    await settled();
    bench.desk.tellCommands(driver, 1, true);
    bench.desk.tellCommands(driver, 1, false);
    bench.desk.tellCommands(driver, 2, true);
    for (let n = 0; n < 3; n += 1) {
      await settled();
      bench.clock.advance(1000);
    }
    expect(driver.of('commands').map(({ terminal }) => terminal)).toEqual([2]);
  });

  it('TERM-18 large outputs are told one after the other, and none is lost', async () => {
    const viewer = await bench.enter('viewer');
    bench.desk.tellCommands(viewer, 1, true);
    await settled();
    for (let n = 2; n < 12; n += 1) bench.marks[0]?.say(ran(n, 'cat', 0, 'x'.repeat(10 * KIB)));
    for (let n = 2; n < 12; n += 1) {
      const before = viewer.of('commands').length;
      bench.clock.advance(100);
      const [told, ...more] = viewer.of('commands').slice(before);
      expect(told?.commands.map((command) => command.n)).toEqual([n]);
      expect(more).toEqual([]);
    }
  });

  it('TERM-18 who reads slowly gets the list afresh instead of the news', async () => {
    const viewer = await bench.enter('viewer');
    bench.desk.tellCommands(viewer, 1, true);
    await settled();
    const before = viewer.of('commands').length;
    viewer.waiting = MIB;
    for (let n = 2; n < 5; n += 1) {
      bench.marks[0]?.say(ran(n, 'true', 0));
      bench.clock.advance(1000);
      await settled();
    }
    expect(viewer.of('commands')).toHaveLength(before);
    viewer.waiting = 0;
    bench.clock.advance(1000);
    await settled();
    expect(viewer.of('commands')).toHaveLength(before + 1);
    bench.marks[0]?.say(ran(5, 'true', 0));
    bench.clock.advance(100);
    expect(viewer.of('commands').at(-1)?.commands).toMatchObject([{ n: 5 }]);
  });
});
