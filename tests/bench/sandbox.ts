/**
 * The sandbox: how soon a shell is there, what it costs while nobody types, and what becomes of a class
 * that arrives in one second. The server is a process of its own and is met at its front door; bare bwrap
 * with a bash is measured in turns with ours, so that ratios hold on a busy machine too.
 */
import { availableParallelism } from 'node:os';
import { spawns } from './sandbox/driver.ts';
import { residentBelow } from './sandbox/memory.ts';
import { type Herd, herd, readyTimes, resetTimes, serve } from './sandbox/people.ts';
import { row } from './terminal/bounds.ts';
import { median, quantile, rounded } from './terminal/statistics.ts';

const ROUNDS = { spawn: 40, starts: 100, ready: 60, reset: 11 } as const;
const WARM_SEATS = 2;
const PEOPLE = 200;

interface Result {
  readonly spawnP50Ms: number;
  readonly readyP50Ms: number;
  readonly readyP99Ms: number;
  readonly warmReadyP50Ms: number;
  readonly warmReadyP99Ms: number;
  readonly startsPerSecond: number;
  readonly idleMiB: number;
  readonly sandboxesPerGiB: number;
  readonly serverMiBPerSeat: number;
  readonly resetP50Ms: number;
  readonly herd200: Herd;
  /** bwrap alone with a bash, and ours divided by it. */
  readonly bareP50Ms: number;
  readonly ratio: { readonly spawn: number; readonly ready: number; readonly warmReady: number };
}

export async function bench(): Promise<Result> {
  const { spawnMs, bareMs, startsPerSecond } = await spawns(ROUNDS.spawn, ROUNDS.starts);
  const cold = await readyTimes(0, ROUNDS.ready);
  const warm = await readyTimes(WARM_SEATS, ROUNDS.ready);
  const reset = await resetTimes(WARM_SEATS, ROUNDS.reset);
  const { herd200, idleMiB, serverMiBPerSeat } = await classArrives();
  const bare = median(bareMs);
  return {
    spawnP50Ms: rounded(median(spawnMs)),
    readyP50Ms: rounded(median(cold)),
    readyP99Ms: rounded(quantile(cold, 0.99)),
    warmReadyP50Ms: rounded(median(warm)),
    warmReadyP99Ms: rounded(quantile(warm, 0.99)),
    startsPerSecond: rounded(startsPerSecond),
    idleMiB: rounded(idleMiB),
    sandboxesPerGiB: Math.floor(1024 / idleMiB),
    serverMiBPerSeat: rounded(serverMiBPerSeat),
    resetP50Ms: rounded(median(reset)),
    herd200,
    bareP50Ms: rounded(bare),
    ratio: {
      spawn: rounded(median(spawnMs) / bare),
      ready: rounded(median(cold) / bare),
      warmReady: rounded(median(warm) / bare),
    },
  };
}

/** Everybody comes at once, and then nobody types. */
async function classArrives() {
  await using server = await serve(WARM_SEATS);
  const before = residentBelow(server.pid);
  const herd200 = await herd(server, PEOPLE);
  const after = residentBelow(server.pid);
  return {
    herd200,
    idleMiB: (after.sandboxesMiB - before.sandboxesMiB) / PEOPLE,
    serverMiBPerSeat: (after.serverMiB - before.serverMiB) / PEOPLE,
  };
}

/** The result for people: figures, and bounds beside them. */
export function show(result: Result): string {
  const ms = { unit: 'ms' };
  const ratio = { unit: '×' };
  return [
    `sandbox, ${availableParallelism()} cores`,
    row({ name: 'bare bwrap to a bash', value: result.bareP50Ms, ...ms }),
    row({ name: 'spawn', value: result.spawnP50Ms, ...ms }),
    row({ name: 'spawn / bare', value: result.ratio.spawn, ...ratio }),
    row({ name: 'ready, cold', value: result.readyP50Ms, ...ms, most: 80 }),
    row({ name: 'ready, cold, p99', value: result.readyP99Ms, ...ms }),
    row({ name: 'ready, warm', value: result.warmReadyP50Ms, ...ms, most: 20 }),
    row({ name: 'ready, warm, p99', value: result.warmReadyP99Ms, ...ms }),
    row({ name: 'starts per second', value: result.startsPerSecond, unit: '/s' }),
    row({ name: 'idle seat', value: result.idleMiB, unit: 'MiB' }),
    row({ name: 'idle seats per GiB', value: result.sandboxesPerGiB, unit: '', least: 120 }),
    row({ name: 'server per seat', value: result.serverMiBPerSeat, unit: 'MiB' }),
    row({ name: 'reset', value: result.resetP50Ms, ...ms, most: 300 }),
    row({
      name: 'of 200 at once, within 10 s',
      value: result.herd200.servedWithin10s,
      unit: '',
      least: PEOPLE,
    }),
    row({ name: 'of 200 at once, refused', value: result.herd200.errors, unit: '', most: 0 }),
    row({ name: 'of 200 at once, the last after', value: result.herd200.lastMs, ...ms }),
  ].join('\n');
}
