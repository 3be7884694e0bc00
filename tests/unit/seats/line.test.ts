import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Queue } from '#protocol/messages.ts';
import { Line, type Place, type Slot, type Turn } from '../../../server/seats/line.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

class Someone {
  readonly place: Place;
  turn: Turn | null | undefined;
  told: Queue | null = null;

  constructor(line: Line, held: Slot | null = null) {
    this.place = line.enter((queue) => {
      this.told = queue;
    }, held);
    void this.place.turn.then((turn) => {
      this.turn = turn;
    });
  }

  get waits(): boolean {
    return this.turn === undefined;
  }
}

function lineOf(most: number, startsAtOnce = most) {
  const clock = new ManualClock(1_000_000);
  const crowded: number[] = [];
  const line = new Line({ most, startsAtOnce, clock, onCrowded: (needed) => crowded.push(needed) });
  return { clock, line, crowded };
}

async function come(line: Line, count: number): Promise<Someone[]> {
  const all = Array.from({ length: count }, () => new Someone(line));
  await settled();
  return all;
}

/** Starts that take this long. */
async function start(clock: ManualClock, people: readonly Someone[], ms: number): Promise<void> {
  clock.advance(ms);
  for (const { turn } of people) turn?.done(true);
  await settled();
}

describe('the line', () => {
  test('SEAT-6 whatever happens: no more seats than there are, few starts at once, first come first served', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('come' as const) },
      { weight: 3, arbitrary: fc.constant('started' as const) },
      { weight: 3, arbitrary: fc.constant('ended' as const) },
      { weight: 1, arbitrary: fc.constant('failed' as const) },
      { weight: 1, arbitrary: fc.constant('leaves' as const) },
    );
    const life = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }));
    await fc.assert(
      fc.asyncProperty(life, fc.array(fc.tuple(step, fc.nat()), { maxLength: 60 }), async (host, steps) => {
        const [most, startsAtOnce] = host;
        const { clock, line } = lineOf(most, startsAtOnce);
        const waiting: Someone[] = [];
        const starting: Someone[] = [];
        const seated: Someone[] = [];
        for (const [what, which] of steps) {
          const one = (people: Someone[]) => people.splice(which % Math.max(1, people.length), 1)[0];
          if (what === 'come') waiting.push(new Someone(line));
          if (what === 'leaves') one(waiting)?.place.leave();
          if (what === 'ended') one(seated)?.turn?.slot.free();
          if (what === 'started' || what === 'failed') {
            const someone = one(starting);
            if (what === 'failed') someone?.turn?.slot.free();
            else if (someone !== undefined) seated.push(someone);
            someone?.turn?.done(what === 'started');
          }
          await settled();
          const served = waiting.filter((someone) => !someone.waits);
          // Only from the front.
          expect(waiting.slice(0, served.length)).toEqual(served);
          starting.push(...waiting.splice(0, served.length));
          expect(starting.length).toBeLessThanOrEqual(startsAtOnce);
          expect(starting.length + seated.length).toBeLessThanOrEqual(most);
          const full = starting.length === startsAtOnce || starting.length + seated.length === most;
          expect(waiting.length === 0 || full).toBe(true);
          clock.advance(1000);
          expect(waiting.map(({ told }) => told?.place)).toEqual(waiting.map((_, index) => index + 1));
        }
        line[Symbol.dispose]();
        await settled();
        expect(waiting.every(({ turn }) => turn === null)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('SEAT-6 who is served soon hears nothing of a line', async () => {
    const { clock, line } = lineOf(9, 1);
    const [first] = await come(line, 1);
    clock.advance(600);
    const [second] = await come(line, 1);
    expect(second?.waits).toBe(true);
    await start(clock, first ? [first] : [], 300);
    clock.advance(1000);
    expect(second?.waits).toBe(false);
    expect(second?.told).toBeNull();
  });

  test('SEAT-6 the estimate is made from the starts so far, and from what is likely to end', async () => {
    const { clock, line } = lineOf(2);
    const people = await come(line, 4);
    const [first, second, third, fourth] = people;
    clock.advance(1000);
    expect(third?.told).toEqual({ place: 1, waitMs: null });
    await start(clock, people.slice(0, 2), 1000);
    clock.advance(500);
    // How long a start takes is known, when a seat ends is not.
    expect(third?.told).toEqual({ place: 1, waitMs: null });
    line.expect([clock.now() + 20_000, clock.now() + 50_000]);
    clock.advance(500);
    expect(third?.told).toEqual({ place: 1, waitMs: 22_000 });
    expect(fourth?.told).toEqual({ place: 2, waitMs: 52_000 });
    clock.advance(10_000);
    line.expect([clock.now() + 9_500]);
    first?.turn?.slot.free();
    await settled();
    clock.advance(500);
    expect(third?.waits).toBe(false);
    expect(fourth?.told).toMatchObject({ place: 1, waitMs: 11_000 });
    second?.turn?.slot.free();
    await settled();
    expect(fourth?.waits).toBe(false);
  });

  test('SEAT-8 as long as somebody waits for a seat, it is said how many are needed', async () => {
    const { clock, line, crowded } = lineOf(1);
    const [first, second, third] = await come(line, 3);
    expect(crowded).toEqual([1]);
    clock.advance(2000);
    expect(crowded).toEqual([1, 2]);
    third?.place.leave();
    first?.turn?.done(true);
    first?.turn?.slot.free();
    await settled();
    expect(second?.waits).toBe(false);
    clock.advance(9000);
    expect(crowded).toEqual([1, 2]);
  });

  test('SEAT-10 who has a slot already waits for no seat to end', async () => {
    const { line } = lineOf(1, 2);
    const [first, second] = await come(line, 2);
    const slot = first?.turn?.slot ?? null;
    first?.turn?.done(true);
    const again = new Someone(line, slot);
    await settled();
    expect(again.waits).toBe(false);
    expect(second?.waits).toBe(true);
    again.turn?.done(true);
    again.turn?.slot.free();
    slot?.free(); // once more frees nothing more
    await settled();
    expect(second?.waits).toBe(false);
    expect((await come(line, 1))[0]?.waits).toBe(true);
  });
});
