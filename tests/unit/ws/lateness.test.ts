import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEYS_EXPIRE_MS } from '#protocol/limits.ts';
import { Lateness } from '../../../server/ws/lateness.ts';

const U32 = 2 ** 32;
const NOW = 1_900_000_000_000;

/** A client whose clock is off by `off`, on a line that takes `ms` at its quickest. */
function client(off: number, ms = 40) {
  const lateness = new Lateness();
  const late = (sentAt: number, took = ms) => lateness.isLate((sentAt + off) % U32, sentAt + took);
  late(NOW);
  return { lateness, late };
}

describe('keys that the line held back', () => {
  it('WS-7 are late, whatever the client’s clock is off by, and later ones are not', () => {
    fc.assert(
      fc.property(fc.integer({ min: -U32, max: U32 }), fc.nat(60_000), (off, held) => {
        const { late } = client(off);
        expect(late(NOW + 1000)).toBe(false);
        expect(late(NOW + 2000, 40 + held)).toBe(held > KEYS_EXPIRE_MS + 1);
        expect(late(NOW + 2000 + held + 100)).toBe(false);
      }),
    );
  });

  it('WS-7 together: only the last two seconds of them count', () => {
    const { late } = client(12_345);
    const back = NOW + 20_000;
    const typed = [NOW + 1000, NOW + 5000, NOW + 17_000, NOW + 19_500];
    expect(typed.map((at) => late(at, back - at))).toEqual([true, true, true, false]);
  });

  it('WS-7 a slow line is not late, one that becomes slow by less than two seconds neither', () => {
    const { late } = client(0, 1500);
    expect(late(NOW + 100, 1500)).toBe(false);
    expect(late(NOW + 200, 3000)).toBe(false);
    expect(late(NOW + 300, 100)).toBe(false);
    expect(late(NOW + 9000, 2300)).toBe(true);
  });

  it('WS-7 a clock that drifts for a day makes nothing late', () => {
    const { lateness } = client(0);
    for (let at = 0; at < 86_400_000; at += 30_000) {
      expect(lateness.isLate((NOW + at * 0.9999) % U32, NOW + at + 40)).toBe(false);
    }
  });

  it('WS-7 a clock that is set back costs a few seconds of keys, not all', () => {
    const { late } = client(0);
    const set = (at: number) => late(NOW + at - 10_000, 10_040);
    expect([set(11_000), set(12_000), set(13_500), set(14_000)]).toEqual([true, true, false, false]);
  });
});
