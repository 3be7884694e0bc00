import { expect, it } from 'vitest';
import { silentLog as log } from '../../../server/lib/log.ts';
import { Lives } from '../../../server/seats/lives.ts';
import type { PointRecord } from '../../../server/store/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('LIFE-10 a point that the save before pushes out is said, and nothing is ended for it', async () => {
  const old: PointRecord = { id: 'old', at: 1, why: 'asked', step: 'look' };
  const lives = new Lives(
    {
      attempt: 'a',
      points: {
        list: () => Promise.resolve([]),
        save: (_, point) => Promise.resolve([point]),
        restore: () => Promise.reject(new Error('there is none')),
      },
      clock: new ManualClock(2),
      log,
      tell: () => undefined,
    },
    [old],
  );
  const disk = Promise.withResolvers<void>();
  const saved = lives.save('asked', 'look', () => disk.promise);
  let ended = 0;
  const reset = lives.reset('old', 'look', async (change) => {
    ended += 1;
    return (await change()) ? null : 'store-failed';
  });
  disk.resolve();
  expect(await saved).toBeNull();
  expect(await reset).toBe('point-gone');
  expect(ended).toBe(0);
});
