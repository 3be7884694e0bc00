import { describe, expect, it } from 'vitest';
import { ago, clock, dayInWords, moment, weeksAhead } from '../../../src/client/dates.ts';

describe('days and clocks', () => {
  it('CLIENT-7 shows what is left of a turn, and stops at zero', () => {
    expect(clock(7 * 60_000)).toBe('7:00');
    expect(clock(61_001)).toBe('1:02');
    expect(clock(1)).toBe('0:01');
    expect(clock(-5000)).toBe('0:00');
  });

  it('CLIENT-7 says a calendar day as written, whatever the zone', () => {
    expect(dayInWords('2026-12-21', 'ja')).toBe('2026年12月21日');
    expect(dayInWords('2026-12-21', 'en')).toBe('December 21, 2026');
  });

  it('CLIENT-7 counts weeks in local days, over a month’s end', () => {
    expect(weeksAhead(new Date(2026, 10, 23, 23, 59), 4)).toBe('2026-12-21');
    expect(weeksAhead(new Date(2026, 11, 28, 0, 1), 1)).toBe('2027-01-04');
  });

  it('CLIENT-7 names the zone where it is not Tokyo', () => {
    const at = Date.UTC(2026, 10, 23, 1, 30);
    expect(moment(at, 'ja', 'Asia/Tokyo')).toBe('11月23日 10:30');
    expect(moment(at, 'en', 'UTC')).toContain('UTC');
  });

  it('CLIENT-7 says how long ago', () => {
    expect(ago(0, 5 * 60_000, 'en')).toBe('5 minutes ago');
    expect(ago(0, 26 * 3_600_000, 'ja')).toBe('昨日');
  });
});
