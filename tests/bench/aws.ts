/**
 * Practice AWS: what a call costs a learner, what an evaluation of all layers costs, and what a world
 * costs while nobody calls it. A bare round trip over a local socket is measured in turns with ours.
 */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { begin } from '../../server/aws/practice/core.ts';
import { evaluate } from '../../server/aws/practice/iam/evaluate.ts';
import { beginEntry } from '../../server/aws/practice/state.ts';
import { createWorlds } from '../../server/aws/practice/worlds.ts';
import { memoryLog, REGION, seedOf } from '../aws/support.ts';
import { deploying } from './aws/lab.ts';
import { type Path, throughEndpoint, throughSandbox } from './aws/seat.ts';
import { row } from './terminal/bounds.ts';
import { median, quantile, rounded } from './terminal/statistics.ts';

const ROUNDS = { warm: 200, calls: 1_000, evaluations: 100_000, worlds: 100, makes: 50 } as const;
const SEATS = 10;
const CALLERS = 10;
const MIB = 2 ** 20;

interface Result {
  readonly callP50Ms: number;
  readonly callP99Ms: number;
  readonly evaluationsPerSecond: number;
  readonly worldCreateMs: number;
  readonly worldResetMs: number;
  readonly worldMiB: number;
  readonly concurrent100P99Ms: number;
  /** The same client's call without the sandbox, and a bare round trip of http. */
  readonly endpointP50Ms: number;
  readonly bareP50Ms: number;
}

export async function bench(): Promise<Result> {
  const calls = await callTimes();
  const worlds = await worldTimes();
  return {
    callP50Ms: rounded(median(calls.ours)),
    callP99Ms: rounded(quantile(calls.ours, 0.99)),
    evaluationsPerSecond: Math.round(evaluationsPerSecond()),
    worldCreateMs: rounded(median(worlds.create)),
    worldResetMs: rounded(median(worlds.reset)),
    worldMiB: rounded(worldMiB()),
    concurrent100P99Ms: rounded(quantile(await concurrentTimes(), 0.99)),
    endpointP50Ms: rounded(median(calls.endpoint)),
    bareP50Ms: rounded(median(calls.bare)),
  };
}

async function callTimes() {
  await using sandbox = await throughSandbox();
  await using endpoint = await throughEndpoint();
  await using bare = await bareHttp();
  const ways = [sandbox, endpoint, bare];
  for (let n = 0; n < ROUNDS.warm; n += 1) for (const way of ways) await way.call();
  const times = ways.map((): number[] => []);
  for (let n = 0; n < ROUNDS.calls; n += 1) {
    for (const [i, way] of ways.entries()) times[i]?.push(await timed(way));
  }
  const [ours = [], direct = [], plain = []] = times;
  return { ours, endpoint: direct, bare: plain };
}

/** What a kept connection to a server that says "ok" costs. */
async function bareHttp(): Promise<Path> {
  const server = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is always one
  return {
    call: () =>
      new Promise((resolve, reject) => {
        const one = request({ host: '127.0.0.1', port, method: 'POST' }, (answer) => {
          answer.resume().on('end', resolve);
        });
        one.on('error', reject).end('{}');
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function timed(way: Path): Promise<number> {
  const begun = performance.now();
  await way.call();
  return performance.now() - begun;
}

/** Ten people at each of ten seats, who all call without a pause. */
async function concurrentTimes(): Promise<readonly number[]> {
  await using all = new AsyncDisposableStack();
  const seats: Path[] = [];
  for (let n = 0; n < SEATS; n += 1) seats.push(all.use(await throughEndpoint()));
  const caller = async (seat: Path) => {
    const times: number[] = [];
    for (let n = 0; n < ROUNDS.warm / CALLERS; n += 1) times.push(await timed(seat));
    return times;
  };
  const round = () =>
    Promise.all(seats.flatMap((seat) => Array.from({ length: CALLERS }, () => caller(seat))));
  await round();
  return (await round()).flat();
}

function evaluationsPerSecond(): number {
  const { layers, accountId } = deploying;
  const context = new Map([
    ['aws:requestedregion', [REGION]],
    ['aws:principalaccount', [accountId]],
    ['aws:sourceidentity', ['personpersonpers']],
    ['ecs:cluster', [`arn:aws:ecs:${REGION}:${accountId}:cluster/garden`]],
  ]);
  const questions = [
    'ecs:DescribeServices',
    'ecs:UpdateService',
    'ecs:DeleteService',
    'logs:GetLogEvents',
  ].map((action) => ({
    action,
    resource: `arn:aws:ecs:${REGION}:${accountId}:service/garden/web-kite`,
    context,
  }));
  const run = (count: number) => {
    let allowed = 0;
    for (let n = 0; n < count; n += 1) {
      const question = questions[n % questions.length];
      if (question !== undefined && evaluate(layers, question).allowed) allowed += 1;
    }
    return allowed;
  };
  run(ROUNDS.evaluations / 10);
  const begun = performance.now();
  const allowed = run(ROUNDS.evaluations);
  if (allowed === 0 || allowed === ROUNDS.evaluations) throw new Error('The policies decide nothing.');
  return (ROUNDS.evaluations * 1000) / (performance.now() - begun);
}

/** Made: a seed and an empty log. Reset: the same world again, its log begun anew. */
async function worldTimes() {
  await using worlds = createWorlds();
  const seed = seedOf();
  await (await worlds.open('warm', seed, memoryLog()))[Symbol.asyncDispose]();
  const create: number[] = [];
  const reset: number[] = [];
  for (let n = 0; n < ROUNDS.makes; n += 1) {
    let begun = performance.now();
    const world = await worlds.open(`world-${n}`, seed, memoryLog());
    create.push(performance.now() - begun);
    begun = performance.now();
    await world[Symbol.asyncDispose]();
    const again = await worlds.open(`world-${n}`, seed, memoryLog());
    reset.push(performance.now() - begun);
    await again[Symbol.asyncDispose]();
  }
  return { create, reset };
}

/** Heap after a collection, over a hundred states that begin from seeds of their own. */
function worldMiB(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const seeds = Array.from({ length: ROUNDS.worlds }, (_, n) => n.toString(16).padStart(64, '0'));
  const before = used();
  const states = seeds.map((random) => begin(seedOf(random), beginEntry(Date.now())));
  const after = used();
  return (after - before) / MIB / states.length;
}

/** The result for people: figures, and bounds beside them. */
export function show(result: Result): string {
  const ms = { unit: 'ms' };
  return [
    `practice AWS, ${availableParallelism()} cores`,
    row({ name: 'bare round trip of http', value: result.bareP50Ms, ...ms }),
    row({ name: 'call, without a sandbox', value: result.endpointP50Ms, ...ms }),
    row({ name: 'call, through a sandbox', value: result.callP50Ms, ...ms, most: 2 }),
    row({ name: 'call, through a sandbox, p99', value: result.callP99Ms, ...ms }),
    row({ name: '100 callers at once, p99', value: result.concurrent100P99Ms, ...ms }),
    row({ name: 'evaluations', value: result.evaluationsPerSecond, unit: '/s', least: 30_000 }),
    row({ name: 'world made', value: result.worldCreateMs, ...ms, most: 20 }),
    row({ name: 'world reset', value: result.worldResetMs, ...ms, most: 10 }),
    row({ name: 'heap of a world', value: result.worldMiB, unit: 'MiB', most: 2 }),
  ].join('\n');
}
