/** People at the front door of a real server, which is a process of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import { Person } from '../../support/person.ts';
import { TestServer } from '../../support/server.ts';
import { LAB } from '../terminal/contenders.ts';
import { type Arrival, Newcomer } from './newcomer.ts';

/** A reserve that was taken is there again after this: some cold starts, on a busy machine too. */
const REFILL_MS = 800;
/** Work for the server may be asked for twice a second, and a reserve has to be there again. */
const RESET_EVERY_MS = 700;

export interface Herd {
  readonly servedWithin10s: number;
  readonly errors: number;
  /** When the last prompt came, ms after the first knock. */
  readonly lastMs: number;
  readonly reasons: readonly string[];
}

export function serve(warmSeats: number, seats = 400): Promise<TestServer> {
  return TestServer.start({
    env: { DOJOU_SEATS: String(seats), DOJOU_WARM_SEATS: String(warmSeats) },
  });
}

/** One after another, each with a room that is there already; ms from hello to prompt. */
export async function readyTimes(warmSeats: number, rounds: number): Promise<readonly number[]> {
  await using server = await serve(warmSeats);
  const times: number[] = [];
  // The first ones load what the server loads lazily, and leave behind the shape of the seats to come.
  for (let round = -3; round < rounds; round += 1) {
    const person = await Person.named(server.origin, `人${round}`);
    const room = await person.start(LAB);
    if (warmSeats > 0) await delay(REFILL_MS);
    using newcomer = await Newcomer.enter(person, room);
    const { readyMs, refused } = await newcomer.arrival;
    if (readyMs === null) throw new Error(`no prompt: ${refused}`);
    if (round >= 0) times.push(readyMs);
  }
  return times;
}

/** Starting over in one room, ms from the message to the new prompt. */
export async function resetTimes(warmSeats: number, rounds: number): Promise<readonly number[]> {
  await using server = await serve(warmSeats);
  const person = await Person.named(server.origin, 'やり直す人');
  using newcomer = await Newcomer.enter(person, await person.start(LAB));
  await newcomer.arrival;
  const times: number[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    await delay(RESET_EVERY_MS);
    times.push(await newcomer.promptAfter({ t: 'reset', n, point: null }));
  }
  return times;
}

/** All within one second, from the name that they give to the shell of their own. */
export async function herd(server: TestServer, people: number): Promise<Herd> {
  const begun = performance.now();
  const tabs = new DisposableStack();
  const arrive = async (n: number): Promise<Arrival & { readonly atMs: number }> => {
    await delay((n / people) * 1000);
    try {
      const person = await Person.named(server.origin, `人${n}`);
      const tab = tabs.use(await Newcomer.enter(person, await person.start(LAB)));
      return { ...(await tab.arrival), atMs: performance.now() - begun };
    } catch (error) {
      return { readyMs: null, refused: String(error), queued: false, atMs: Number.NaN };
    }
  };
  const arrivals = await Promise.all(Array.from({ length: people }, (_, n) => arrive(n)));
  const served = arrivals.filter(({ refused }) => refused === null);
  return {
    servedWithin10s: served.filter(({ atMs }) => atMs <= 10_000).length,
    errors: arrivals.length - served.length,
    lastMs: Math.round(Math.max(...served.map(({ atMs }) => atMs))),
    reasons: [...new Set(arrivals.flatMap(({ refused }) => (refused === null ? [] : [refused])))],
  };
}
