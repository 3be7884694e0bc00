import { describe, expect, it } from 'vitest';
import { KIB, MIB, MINUTE, SECOND } from '#protocol/limits.ts';
import { Pacing } from '../../../server/terminals/pacing.ts';
import type { Viewer } from '../../../server/terminals/viewer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedPty } from '../../support/scripted-pty.ts';

function flooding(driver: Viewer | null) {
  const clock = new ManualClock(1_800_000_000_000);
  const pty = new ScriptedPty();
  let end = 0;
  let floods = 0;
  const pacing = new Pacing(clock, {
    end: () => end,
    mirrorLag: () => 0,
    screenWanted: () => false,
    flooded: () => {
      floods += 1;
    },
  });
  pacing.pty = pty;
  pacing.driver = driver;
  /** As much as the pty lets through, at most `bytes` in `ms`. */
  const print = (bytes: number, ms: number): number => {
    const from = end;
    for (let spent = 0; spent < ms; spent += 10) {
      for (let left = (bytes * 10) / ms; left > 0 && !pty.paused; left -= 64 * KIB) {
        end += Math.min(left, 64 * KIB);
        pacing.update();
      }
      clock.advance(10);
    }
    return end - from;
  };
  return { print, pty, floods: () => floods };
}

/** A driver whose page has always parsed everything. */
const watching = { fitToPace: () => true, acked: Number.MAX_SAFE_INTEGER, water: { high: 1, low: 1 } };

describe('TERM-28 output that nobody needs', () => {
  it('is held up beyond 64 MiB a minute, and says so', () => {
    const { print, floods } = flooding(null);
    expect(print(200 * MIB, 10 * SECOND)).toBeLessThan(80 * MIB);
    expect(floods()).toBeGreaterThan(0);
    const later = print(600 * MIB, MINUTE);
    expect(later).toBeGreaterThan(50 * MIB);
    expect(later).toBeLessThan(80 * MIB);
  });

  it('below that is never held up', () => {
    const { print, floods } = flooding(null);
    expect(print(180 * MIB, 3 * MINUTE)).toBeCloseTo(180 * MIB, 0);
    expect(floods()).toBe(0);
  });

  it('is not what a driver watches, however much it is', () => {
    const { print, floods } = flooding(watching as unknown as Viewer); // a page that is always up to date
    expect(print(4000 * MIB, MINUTE)).toBeGreaterThan(3999 * MIB);
    expect(floods()).toBe(0);
  });
});
