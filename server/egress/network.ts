/** The Internet as the broker sees it; tests put a small one of their own in its place. */
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';

export interface Network {
  /** Addresses of a name. Rejects when it has none. */
  resolve(host: string): Promise<readonly string[]>;
  /** To an address, never a name: nothing is looked up again between the check and this. */
  connect(address: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Addresses of this host. */
  own(): readonly string[];
}

/** A server of names that does not answer: together less than the broker waits. */
const QUERY_MS = 1_500;
const QUERIES = 2;

/**
 * This host's own. Names are asked of its DNS servers (or of `servers`) alone: neither /etc/hosts nor a
 * search domain gives a meaning to a name, and no thread is held that serves files.
 */
export function createNetwork(servers?: readonly string[]): Network {
  return {
    async resolve(host) {
      // Anew each time: a laptop's servers of names change while we run.
      const resolver = new Resolver({ timeout: QUERY_MS, tries: QUERIES });
      if (servers !== undefined) resolver.setServers(servers);
      const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      return found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    },
    connect: connectTo,
    own: () => Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
  };
}

function connectTo(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const give = (): void => {
      socket.destroy();
      reject(new Error(`${host}:${port} has not answered in time`));
    };
    signal.addEventListener('abort', give, { once: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', give);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
