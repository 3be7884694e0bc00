/**
 * What a seat's programs may reach outside: an HTTP proxy that opens tunnels to the names a lab lists,
 * and says no, in words, to all else. It knows no sandbox, room or lab: whoever builds the seat forwards
 * its port, and shows what it tells.
 */
import type { Duplex } from 'node:stream';
import type { EgressView } from '#protocol/seat.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { Answers } from './answers.ts';
import { Journal } from './journal.ts';
import { CONNECTIONS_AT_ONCE } from './limits.ts';
import type { Network } from './network.ts';
import { Pace } from './pace.ts';
import { serve } from './serve.ts';
import { parseTarget, type Target } from './target.ts';

/** Where a proxy is looked for by habit; programs in the seat find it by their environment. */
export const PROXY_PORT = 3128;
/** Practice AWS and the seat's companions are reached without it. */
const NO_PROXY = 'localhost,127.0.0.1,::1';

/** Who waits for the end of a connection: both ways of its tunnel at several places each. */
const LISTENERS = 30;

export interface SeatEgressOptions {
  /** The seat's id, for the log. */
  readonly seat: string;
  /** `host:port`, as the lab lists them. */
  readonly listed: readonly string[];
  readonly network: Network;
  readonly tell: (view: EgressView) => void;
  /** Says something in the seat's terminals. */
  readonly say: (words: string) => void;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export interface SeatEgress extends Disposable {
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; onConnection(stream: Duplex): void }[];
}

/** A lab that lists nothing gets no proxy, no variable and no way out. */
export function createSeatEgress(options: SeatEgressOptions): SeatEgress {
  const { seat, listed, network, clock, log } = options;
  if (listed.length === 0) return { env: {}, ports: [], [Symbol.dispose]: () => undefined };
  const open = new Set<Duplex>();
  const answers = new Answers(clock);
  const journal = new Journal(options);
  const pace = new Pace(clock);
  const targets = listed.map(targetOf);
  let closed = false;

  return {
    env: proxyVariables(),
    ports: [
      {
        port: PROXY_PORT,
        onConnection(stream) {
          if (closed) {
            stream.destroy();
            return;
          }
          stream.setMaxListeners(LISTENERS);
          // A program inside ends its side at any time; that is no failure of ours.
          stream.on('error', () => stream.destroy());
          if (open.size >= CONNECTIONS_AT_ONCE || !journal.mayBegin()) {
            journal.turnedAway();
            answers.refuse(stream, 'too-many');
            return;
          }
          open.add(stream);
          stream.once('close', () => open.delete(stream));
          serve(stream, { targets, network, clock, pace, journal, answers }).catch((error: unknown) => {
            log.warn({ err: error, seat }, 'a connection to the outside failed in an unforeseen way');
            stream.destroy();
          });
        },
      },
    ],
    [Symbol.dispose]() {
      closed = true;
      for (const stream of open) stream.destroy();
      answers[Symbol.dispose]();
      journal[Symbol.dispose]();
    },
  };
}

/** The schema of labs has seen to their shape. */
function targetOf(entry: string): Target {
  const target = parseTarget(entry);
  if (target === null) throw new Error(`"${entry}" is not a host name and a port`);
  return target;
}

function proxyVariables(): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${PROXY_PORT}`;
  const ways = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY };
  const lower = Object.entries(ways).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...ways, ...Object.fromEntries(lower) };
}
