/** From a key to its echo at the last of many viewers. */
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { SOCKETS_PER_PERSON } from '#protocol/limits.ts';
import type { Classroom } from './classroom.ts';
import type { FromCrowd, ToCrowd } from './crowd.ts';
import type { Line } from './line.ts';
import { typed } from './measure.ts';
import { median } from './statistics.ts';

/** Median of all keys, in milliseconds, for each number of viewers, which grows. */
export async function fanout(
  classroom: Classroom,
  driver: Line,
  sizes: readonly number[],
  keys: number,
): Promise<number[]> {
  await using parts = new AsyncDisposableStack();
  const crowd = fork(new URL('crowd.ts', import.meta.url).pathname);
  parts.defer(async () => {
    const ended = once(crowd, 'exit');
    crowd.disconnect();
    await ended;
  });
  const messages = on(crowd, 'message', { close: ['exit'] });
  const hear = async () => {
    const next = await messages.next();
    if (next.done === true) throw new Error('the crowd is gone');
    return next.value[0] as FromCrowd; // what `crowd.ts` sends
  };

  const medians: number[] = [];
  let here = 0;
  for (const size of sizes) {
    const message: ToCrowd = {
      origin: classroom.owner.origin,
      tickets: await tickets(classroom, size - here),
    };
    crowd.send(message);
    while ((await hear()).t !== 'joined');
    here = size;
    const times = await typed(driver, keys, async (key) => {
      const typedAt = Number(process.hrtime.bigint()) / 1e6;
      driver.type(key);
      for (;;) {
        const seen = await hear();
        if (seen.t === 'all' && seen.key === key.charCodeAt(0)) return seen.seenAt - typedAt;
      }
    });
    medians.push(median(times));
  }
  return medians;
}

/** As few people as the sockets of one person allow. */
async function tickets(classroom: Classroom, count: number): Promise<string[]> {
  const all: string[] = [];
  while (all.length < count) {
    const person = await classroom.visitor('見る人');
    for (let i = 0; i < SOCKETS_PER_PERSON && all.length < count; i += 1) {
      all.push(await person.ticket(classroom.room));
    }
  }
  return all;
}
