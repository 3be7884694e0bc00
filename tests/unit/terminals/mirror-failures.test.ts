import { afterAll, describe, expect, it } from 'vitest';
import { MIB } from '#protocol/limits.ts';
import { type Clock, wallClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createMirrors, type Mirrors } from '../../../server/terminals/mirror.ts';
import type { Command } from '../../../server/terminals/mirror-messages.ts';
import { OutputLog } from '../../../server/terminals/output-log.ts';
import { Reflection } from '../../../server/terminals/reflection.ts';
import { drawn } from '../../support/lone-terminal.ts';
import { until } from '../../support/until.ts';

const SCRIPT = new URL('../../support/faulty-mirror-worker.ts', import.meta.url);
const MINUTE = 60_000;
const KEPT_BYTES = 2 * MIB;
const owned = new AsyncDisposableStack();
afterAll(() => owned[Symbol.asyncDispose]());

function reflectionOf(mirrors: Mirrors) {
  const log = new OutputLog(5000, 40, 6);
  const told: Command[] = [];
  let resets = 0;
  const reflection = owned.use(
    new Reflection(mirrors, log, {
      progress: () => undefined,
      command: (command) => told.push(command),
      reset: () => {
        resets += 1;
      },
    }),
  );
  return {
    reflection,
    told,
    resets: () => resets,
    print: (text: string | Uint8Array) => {
      const bytes = Buffer.from(text);
      log.append(bytes);
      reflection.take(bytes);
    },
    resize: (cols: number, rows: number) => {
      log.resize(cols, rows);
      reflection.follow();
    },
    screen: async () => {
      const seen = await reflection.snapshot();
      return seen === null ? null : drawn(seen.snapshot);
    },
  };
}

function faulty() {
  let later = 0;
  const clock: Clock = { ...wallClock, now: () => Date.now() + later };
  const mirrors = owned.use(createMirrors({ clock, log: silentLog, script: SCRIPT }));
  const reflect = () => reflectionOf(mirrors);
  const wait = (ms: number) => {
    later += ms;
  };
  return { reflect, wait };
}

describe('TERM-24 output that the worker does not survive', () => {
  it.each(['hang', 'fill', 'throw'])(
    'leaves its own terminal without a mirror, and no other: %s',
    async (how) => {
      const { reflect } = faulty();
      const guilty = reflect();
      const other = reflect();
      other.print('other');
      expect(await other.screen()).toBe('other');
      guilty.print(`<${how}>`);
      expect(await guilty.screen()).toBeNull();
      expect(guilty.reflection.lag).toBe(0);
      expect(await other.screen()).toBe('other');
      expect([guilty.resets(), other.resets()]).toEqual([1, 1]);
      for (let i = 0; i < 5; i += 1) expect(await guilty.screen()).toBeNull();
      expect(other.resets()).toBe(1);
    },
  );

  it('holds back who waits for a screen of another terminal, and loses nobody', async () => {
    const { reflect } = faulty();
    const guilty = reflect();
    const other = reflect();
    guilty.print('<hang>');
    other.print('other');
    const [none, screen] = await Promise.all([guilty.screen(), other.screen()]);
    expect([none, screen]).toEqual([null, 'other']);
  });

  it('is forgotten after a while, and a mirror is made for who asks', async () => {
    const { reflect, wait } = faulty();
    const guilty = reflect();
    guilty.print('<throw>');
    expect(await guilty.screen()).toBeNull();
    guilty.print('x'.repeat(KEPT_BYTES));
    expect(await guilty.screen()).toBeNull();
    wait(10 * MINUTE);
    expect(await guilty.screen()).toMatch(/^x+/);
  });

  it('TERM-13 does not let numbers of commands begin again', async () => {
    const { reflect } = faulty();
    const guilty = reflect();
    const other = reflect();
    const ran = (line: string) => `\x1b]133;A\x07$ \x1b]133;B\x07${line}\r\n\x1b]133;C\x07\x1b]133;D;0\x07`;
    other.print(ran('one') + ran('two'));
    await until(() => other.told.length === 2);
    guilty.print('<throw>');
    await until(() => other.resets() === 1);
    other.print(ran('three'));
    await until(() => other.told.length === 5);
    expect(other.told.map(({ n, line }) => [n, line])).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'one'],
      [4, 'two'],
      [5, 'three'],
    ]);
  });
});

describe('a mirror that is made again', () => {
  it.each([
    ['within a sequence', '1;31mhalf of it\x1b[Hshown', 'shown'],
    ['within a line', 'half\r\nwhole', 'whole'],
  ])('TERM-10 begins at the first safe cut: %s', async (_, rest, screen) => {
    const { reflect } = faulty();
    const guilty = reflect();
    const other = reflect();
    const kept = Buffer.alloc(KEPT_BYTES); // of bytes that show nothing
    kept.set(Buffer.from(rest));
    other.print('lost');
    other.print(kept);
    guilty.print('<throw>');
    await until(() => other.resets() === 1);
    expect(await other.screen()).toBe(screen);
  });
});

describe('TERM-24 screens of a terminal', () => {
  /** Counts what reaches the worker. */
  function counted() {
    const real = owned.use(createMirrors({ clock: wallClock, log: silentLog }));
    let asked = 0;
    const mirrors: Mirrors = {
      open: (options) => {
        const mirror = real.open(options);
        if (mirror === null) return null;
        const draw = mirror.snapshot.bind(mirror);
        mirror.snapshot = () => {
          asked += 1;
          return draw();
        };
        return mirror;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    return { ...reflectionOf(mirrors), asked: () => asked };
  }

  it('are drawn once for all who wait, and again when there was output or another size', async () => {
    const { reflection, print, resize, asked } = counted();
    print('one');
    const many = await Promise.all(Array.from({ length: 200 }, () => reflection.snapshot()));
    await reflection.snapshot();
    expect(asked()).toBe(1);
    const places = many.map((seen) => seen?.place);
    expect(places[0]).toEqual(places[199]);
    expect(places[0]).not.toBe(places[199]); // who follows moves its own
    print(' two');
    const next = await reflection.snapshot();
    expect(await drawn(next?.snapshot)).toBe('one two');
    resize(30, 5);
    expect((await reflection.snapshot())?.snapshot).toMatchObject({ cols: 30, rows: 5 });
    expect(asked()).toBe(3);
  });

  it('that are waited for are shared by who comes meanwhile', async () => {
    const { reflection, print, asked } = counted();
    print('one');
    const first = reflection.snapshot();
    print(' two');
    const second = reflection.snapshot();
    expect((await second)?.snapshot).toBe((await first)?.snapshot);
    expect(asked()).toBe(1);
    expect(await drawn((await reflection.snapshot())?.snapshot)).toBe('one two');
  });
});
