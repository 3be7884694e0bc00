/**
 * The terminal against the limit of its stack: a bare server on the host, a minimal relay over our own
 * transport, and the real server, in turns within one run, so that whatever else the machine does meets
 * all three. Medians of the rounds; every byte of output is compared.
 */
import { availableParallelism } from 'node:os';
import { openOurs, openPeer } from './terminal/contenders.ts';
import type { Line } from './terminal/line.ts';
import { bulkRate, echoTimes, prepare } from './terminal/measure.ts';

const ECHO_ROUNDS = 5;
const BULK_ROUNDS = 3;
const WARM_UP = { keys: 100, files: 8 } as const;

interface Figures {
  readonly echoP50Ms: number;
  readonly echoP99Ms: number;
  readonly bulkMBps: number;
}

interface Result {
  readonly bare: Figures;
  readonly relay: Figures;
  readonly ours: Figures;
  /** Ours divided by the relay's. */
  readonly ratio: { readonly echoP50: number; readonly bulk: number };
}

export async function bench(): Promise<Result> {
  await using parts = new AsyncDisposableStack();
  const bare = new Contender(await openPeer('bare', parts));
  const relay = new Contender(await openPeer('relay', parts));
  const ours = new Contender(await openOurs(parts));
  const all = [bare, relay, ours];
  for (const contender of all) await contender.warmUp();
  for (let round = 0; round < ECHO_ROUNDS; round += 1) {
    for (const contender of inTurn(all, round)) await contender.echo();
  }
  for (let round = 0; round < BULK_ROUNDS; round += 1) {
    for (const contender of inTurn(all, round)) await contender.bulk();
  }
  const figures = { bare: bare.figures(), relay: relay.figures(), ours: ours.figures() };
  return {
    ...figures,
    ratio: {
      echoP50: rounded(figures.ours.echoP50Ms / figures.relay.echoP50Ms),
      bulk: rounded(figures.ours.bulkMBps / figures.relay.bulkMBps),
    },
  };
}

/** The result for people. */
export function show({ bare, relay, ours, ratio }: Result): string {
  const row = (name: string, { echoP50Ms, echoP99Ms, bulkMBps }: Figures) =>
    [name.padEnd(8), echoP50Ms.toFixed(3), echoP99Ms.toFixed(3), bulkMBps.toFixed(1)]
      .map((cell) => cell.padStart(13))
      .join('');
  return [
    `terminal, ${availableParallelism()} cores`,
    ['', 'echo p50 ms', 'echo p99 ms', 'bulk MB/s'].map((cell) => cell.padStart(13)).join(''),
    row('bare', bare),
    row('relay', relay),
    row('ours', ours),
    `ours / relay: echo p50 ${ratio.echoP50.toFixed(2)}, bulk ${ratio.bulk.toFixed(2)}`,
  ].join('\n');
}

class Contender {
  readonly #line: Line;
  readonly #p50: number[] = [];
  readonly #p99: number[] = [];
  readonly #rates: number[] = [];

  constructor(line: Line) {
    this.#line = line;
  }

  async warmUp(): Promise<void> {
    await prepare(this.#line);
    await echoTimes(this.#line, WARM_UP.keys);
    await bulkRate(this.#line, WARM_UP.files);
  }

  async echo(): Promise<void> {
    const times = await echoTimes(this.#line);
    this.#p50.push(quantile(times, 0.5));
    this.#p99.push(quantile(times, 0.99));
  }

  async bulk(): Promise<void> {
    this.#rates.push(await bulkRate(this.#line));
  }

  figures(): Figures {
    return {
      echoP50Ms: rounded(quantile(this.#p50, 0.5)),
      echoP99Ms: rounded(quantile(this.#p99, 0.5)),
      bulkMBps: rounded(quantile(this.#rates, 0.5)),
    };
  }
}

/** Each round begins with another one. */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
