import { expect, it } from 'vitest';
import { MINUTE } from '#protocol/limits.ts';
import { SeatLease } from '../../../server/seats/lease.ts';
import type { LeaseRecord } from '../../../server/store/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('LIFE-16 a lease that is extended while its seat ends is kept for the next one, and wakes nobody', async () => {
  const clock = new ManualClock(1_000_000);
  const stored = Promise.withResolvers<void>();
  let kept: LeaseRecord | null = null;
  let slow = false;
  const lease = await SeatLease.begin({
    attempt: 'a',
    asked: { minutes: 60, extendBy: 30, most: 120 },
    leases: {
      get: () => Promise.resolve(kept),
      put: async (_, times) => {
        if (slow) await stored.promise;
        kept = times;
      },
    },
    clock,
    tell: () => undefined,
  });
  let woken = 0;
  const wake = () => {
    woken += 1;
  };
  lease.run(wake, wake);
  slow = true;
  const extended = lease.extend();
  lease[Symbol.dispose]();
  stored.resolve();
  expect(await extended).toBeNull();
  expect(kept).toMatchObject({ endsAt: 1_000_000 + 90 * MINUTE });
  clock.advance(200 * MINUTE);
  expect(woken).toBe(0);
});
