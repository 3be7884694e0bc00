/**
 * The terminal against the limit of its stack: a bare server on the host, a minimal relay over our own
 * transport, and the real server with mirrors and without, in turns within one run, so that whatever
 * else the machine does meets all of them. Then what no peer does: many viewers, a stalled one, who
 * comes late, who comes back. Medians of the rounds; every byte of bulk output is compared.
 */
import { availableParallelism } from 'node:os';
import { row } from './terminal/bounds.ts';
import { Classroom } from './terminal/classroom.ts';
import { openOurs, openPeer } from './terminal/contenders.ts';
import { fanout } from './terminal/fanout.ts';
import { interruptTimes } from './terminal/interrupt.ts';
import { lateJoinTimes, resumeTimes } from './terminal/joining.ts';
import type { Line } from './terminal/line.ts';
import { bulkRate, echoTimes, prepare } from './terminal/measure.ts';
import { rssPerTerminal } from './terminal/memory.ts';
import { stalledViewer } from './terminal/stalled.ts';
import { inTurn, median, quantile, rounded } from './terminal/statistics.ts';

const ROUNDS = { echo: 5, bulk: 5, interrupt: 5, stalled: 17, lateJoin: 15, resume: 9 } as const;
const WARM_UP = { keys: 100, files: 8 } as const;
const VIEWERS = [50, 200] as const;
const FANOUT_KEYS = 300;
const SEATS = 6;

interface Figures {
  readonly echoP50Ms: number;
  readonly echoP99Ms: number;
  readonly bulkMBps: number;
}

/** What only ours does; TERMINAL.md defines and bounds them. */
interface Further {
  readonly interruptMs: number;
  readonly stalledViewerMiB: number;
  readonly healthyViewerRatio: number;
  readonly fanout50P50Ms: number;
  readonly fanout200P50Ms: number;
  readonly lateJoinMs: number;
  readonly resumeMs: number;
  readonly bytesLost: number;
  readonly rssPerTerminalKiB: number;
  readonly bulkWithMirrorRatio: number;
}

interface Result {
  readonly bare: Figures;
  readonly relay: Figures;
  readonly ours: Figures & Further;
  /** Ours divided by the relay's. */
  readonly ratio: { readonly echoP50: number; readonly bulk: number; readonly bulkWithoutMirror: number };
}

export async function bench(): Promise<Result> {
  const { bare, relay, ours, withoutMirror, interruptMs, bytesLost } = await againstTheLimit();
  const room = await inOneRoom();
  const rssPerTerminalKiB = await rssPerTerminal(SEATS);
  const bulk = rounded(ours.bulkMBps / relay.bulkMBps);
  return {
    bare,
    relay,
    ours: {
      ...ours,
      interruptMs,
      ...room,
      bytesLost: bytesLost + room.bytesLost,
      rssPerTerminalKiB: Math.round(rssPerTerminalKiB),
      bulkWithMirrorRatio: bulk,
    },
    ratio: {
      echoP50: rounded(ours.echoP50Ms / relay.echoP50Ms),
      bulk,
      bulkWithoutMirror: rounded(withoutMirror / relay.bulkMBps),
    },
  };
}

/** The result for people: figures, and bounds beside them. */
export function show({ bare, relay, ours, ratio }: Result): string {
  const figures = (name: string, { echoP50Ms, echoP99Ms, bulkMBps }: Figures) =>
    [name.padEnd(8), echoP50Ms.toFixed(3), echoP99Ms.toFixed(3), bulkMBps.toFixed(1)]
      .map((cell) => cell.padStart(13))
      .join('');
  const ms = { unit: 'ms' };
  const share = { unit: '×' };
  return [
    `terminal, ${availableParallelism()} cores`,
    ['', 'echo p50 ms', 'echo p99 ms', 'bulk MB/s'].map((cell) => cell.padStart(13)).join(''),
    figures('bare', bare),
    figures('relay', relay),
    figures('ours', ours),
    '',
    row({ name: 'echo p50 / relay', value: ratio.echoP50, ...share, most: 1.1 }),
    row({ name: 'echo p50', value: ours.echoP50Ms, ...ms, most: bare.echoP50Ms + 0.3 }),
    row({ name: 'echo p99 / relay', value: ours.echoP99Ms / relay.echoP99Ms, ...share, most: 1.5 }),
    row({ name: 'bulk / relay, without mirror', value: ratio.bulkWithoutMirror, ...share, least: 0.95 }),
    row({ name: 'bulk / relay, with mirror', value: ours.bulkWithMirrorRatio, ...share, least: 0.7 }),
    row({ name: '^C to prompt under a flood', value: ours.interruptMs, ...ms, most: 100 }),
    row({ name: 'held for a stalled viewer', value: ours.stalledViewerMiB, unit: 'MiB', most: 1 }),
    row({ name: 'others beside it / without it', value: ours.healthyViewerRatio, ...share, least: 0.97 }),
    row({ name: 'echo at the last of 50, p50', value: ours.fanout50P50Ms, ...ms, most: 1.5 }),
    row({ name: 'echo at the last of 200, p50', value: ours.fanout200P50Ms, ...ms }),
    row({ name: 'late join', value: ours.lateJoinMs, ...ms, most: 50 }),
    row({ name: 'resume after 1 MiB missed', value: ours.resumeMs, ...ms }),
    row({ name: 'bytes lost or doubled', value: ours.bytesLost, unit: 'B', most: 0 }),
    row({ name: 'memory per terminal', value: ours.rssPerTerminalKiB, unit: 'KiB' }),
  ].join('\n');
}

async function againstTheLimit() {
  await using parts = new AsyncDisposableStack();
  const real = await openOurs(parts);
  const bare = new Contender(await openPeer('bare', parts));
  const relay = new Contender(await openPeer('relay', parts));
  const ours = new Contender(real.line);
  const withoutMirror = new Contender((await openOurs(parts, { mirror: false })).line);
  const three = [bare, relay, ours];
  const all = [...three, withoutMirror];
  for (const contender of all) await contender.warmUp();
  for (let round = 0; round < ROUNDS.echo; round += 1) {
    for (const contender of inTurn(three, round)) await contender.echo();
  }
  for (let round = 0; round < ROUNDS.bulk; round += 1) {
    for (const contender of inTurn(all, round)) await contender.bulk();
  }
  const interruptMs = rounded(median(await interruptTimes(real.line, ROUNDS.interrupt)));
  return {
    ...{ bare: bare.figures(), relay: relay.figures(), ours: ours.figures() },
    withoutMirror: withoutMirror.figures().bulkMBps,
    interruptMs,
    bytesLost: real.wire.lost,
  };
}

async function inOneRoom() {
  await using parts = new AsyncDisposableStack();
  const classroom = await Classroom.open(parts);
  const driver = await classroom.driver();
  const person = await classroom.visitor('見る人');
  const viewer = parts.use(await classroom.viewer(person));
  const stalled = await stalledViewer(classroom, driver.line, viewer, ROUNDS.stalled);
  const resumed = await resumeTimes(classroom, driver, viewer, ROUNDS.resume);
  const line = parts.use(resumed.line);
  const lateJoin = await lateJoinTimes(classroom, line, person, ROUNDS.lateJoin);
  const [fanout50 = Number.NaN, fanout200 = Number.NaN] = await fanout(classroom, line, VIEWERS, FANOUT_KEYS);
  return {
    stalledViewerMiB: rounded(stalled.viewerMiB),
    healthyViewerRatio: rounded(stalled.healthyRatio),
    fanout50P50Ms: rounded(fanout50),
    fanout200P50Ms: rounded(fanout200),
    lateJoinMs: rounded(median(lateJoin)),
    resumeMs: rounded(median(resumed.times)),
    bytesLost: driver.wire.lost,
  };
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
      echoP50Ms: rounded(median(this.#p50)),
      echoP99Ms: rounded(median(this.#p99)),
      bulkMBps: rounded(median(this.#rates)),
    };
  }
}
