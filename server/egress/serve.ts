import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../lib/clock.ts';
import { isPublic } from './addresses.ts';
import type { Answers, Refusal } from './answers.ts';
import { readHead } from './head.ts';
import type { Journal } from './journal.ts';
import { ADDRESSES_TRIED, CONNECT_MS, IDLE_MS, RESOLVE_MS } from './limits.ts';
import type { Network } from './network.ts';
import type { Refused } from './notice.ts';
import type { Pace } from './pace.ts';
import { isListed, parseTarget, type Target } from './target.ts';

export interface ServeOptions {
  readonly targets: readonly Target[];
  readonly network: Network;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly journal: Journal;
  readonly answers: Answers;
}

const READY = 'HTTP/1.1 200 Connection established\r\n\r\n';
/** Shown where what was asked for has no readable name. */
const UNREADABLE = '?';

/** One connection of a program inside, from its first byte to its last. */
export async function serve(stream: Duplex, options: ServeOptions): Promise<void> {
  const { clock, journal, answers } = options;
  const head = await readHead(stream, clock);
  if (head.kind === 'gone') {
    stream.destroy();
    return;
  }
  const no = (host: string, port: number, outcome: Refused, refusal: Refusal): void => {
    journal.refused(host, port, outcome);
    answers.refuse(stream, refusal);
  };
  if (head.kind === 'fetch') {
    const { host, port } = ofUrl(head.url);
    no(host, port, 'bad-request', 'tunnels-only');
    return;
  }
  const target = head.kind === 'connect' ? parseTarget(head.authority) : null;
  if (head.kind !== 'connect' || target === null) {
    no(UNREADABLE, 0, 'bad-request', 'bad-request');
    return;
  }
  const { host, port } = target;
  const refused = refusalOf(target, options);
  if (refused !== null) {
    no(host, port, refused, refused);
    return;
  }
  const reached = await reach(target, options, stream);
  if (stream.destroyed) {
    // Whoever asked has left: that is no refusal.
    if (typeof reached !== 'string') reached.destroy();
    journal.opened(host, port).ended();
    return;
  }
  if (typeof reached === 'string') {
    no(host, port, reached, reached);
    return;
  }
  await tunnel(stream, reached, { ...options, target, rest: head.rest });
}

function refusalOf(
  target: Target,
  { targets, network }: ServeOptions,
): 'not-listed' | 'forbidden-address' | null {
  // An address is named for what it is, listed or not: that is what its reader has to know.
  if (target.literal && !isPublic(target.host, network.own())) return 'forbidden-address';
  return isListed(target, targets) ? null : 'not-listed';
}

/**
 * Looks the name up once and connects to what it has looked at: an answer that changes afterwards
 * changes nothing. One address that must not be reached is enough to refuse the name.
 */
async function reach(
  { host, port, literal }: Target,
  { network, clock }: ServeOptions,
  stream: Duplex,
): Promise<Duplex | 'unreachable' | 'forbidden-address'> {
  const gone = new AbortController();
  stream.once('close', () => gone.abort());
  if (stream.destroyed) gone.abort();
  const look = literal ? [host] : await within(clock, RESOLVE_MS, gone.signal, () => network.resolve(host));
  const addresses = look ?? [];
  if (addresses.length === 0) return 'unreachable';
  const own = network.own();
  if (!addresses.every((address) => isPublic(address, own))) return 'forbidden-address';
  const outside = await within(clock, CONNECT_MS, gone.signal, async (signal) => {
    for (const address of addresses.slice(0, ADDRESSES_TRIED)) {
      const reached = await network.connect(address, port, signal).catch(() => null);
      if (!signal.aborted && reached !== null) return reached;
      reached?.destroy();
      if (signal.aborted) return null;
    }
    return null;
  });
  return outside ?? 'unreachable';
}

/** What a task gives, or null when it fails, takes longer, or when nobody waits for it any more. */
async function within<T>(
  clock: Clock,
  ms: number,
  gone: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  if (gone.aborted) return null;
  const late = new AbortController();
  const signal = AbortSignal.any([gone, late.signal]);
  const given = Promise.withResolvers<null>();
  signal.addEventListener('abort', () => given.resolve(null), { once: true });
  const cancel = clock.after(ms, () => late.abort());
  try {
    return await Promise.race([task(signal).catch(() => null), given.promise]);
  } finally {
    cancel();
  }
}

async function tunnel(
  inside: Duplex,
  outside: Duplex,
  { clock, pace, journal, target, rest }: ServeOptions & { readonly target: Target; readonly rest: Buffer },
): Promise<void> {
  const entry = journal.opened(target.host, target.port);
  const end = (): void => {
    inside.destroy();
    outside.destroy();
  };
  // A pipeline that is over no longer listens; an error that comes after it must still find somebody.
  outside.on('error', end);
  let cancel = clock.after(IDLE_MS, end);
  const moved = (way: 'out' | 'in') => (bytes: number) => {
    cancel();
    cancel = clock.after(IDLE_MS, end);
    entry.moved(way, bytes);
  };
  const out = pace.meter('out', moved('out'));
  inside.once('close', end);
  if (inside.destroyed) end();
  else inside.write(READY);
  if (rest.length > 0) out.write(rest);
  // Each side may end its half alone; an error on either ends both, and is no news of ours.
  await Promise.allSettled([
    pipeline(inside, out, outside),
    pipeline(outside, pace.meter('in', moved('in')), inside),
  ]);
  cancel();
  end();
  entry.ended();
}

function ofUrl(url: string): Pick<Target, 'host' | 'port'> {
  const { hostname, port, protocol } = URL.parse(url) ?? { hostname: '', port: '', protocol: 'http:' };
  const known = parseTarget(`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`);
  return known ?? { host: UNREADABLE, port: 0 };
}
