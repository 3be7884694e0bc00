/** A stand-in for the Internet: names and addresses of our choice, all of them servers on this host. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Network } from '../../server/egress/network.ts';

/** Public addresses of the real Internet, to which nothing is sent here. */
export const PUBLIC = '93.184.215.14';
export const PUBLIC_TOO = '93.184.215.15';

export class SmallInternet implements Network, AsyncDisposable {
  /** What a name has each time it is asked for; the last answer stays. */
  readonly names = new Map<string, string[][]>();
  /** Names that were asked for, and addresses that were connected to, in order. */
  readonly asked: string[] = [];
  readonly reached: string[] = [];
  ownAddresses: readonly string[] = [];
  readonly #ports = new Map<string, number>();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Whoever connects to this address and port gets `serve`. */
  async host(place: string, serve: (socket: Socket) => void): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      serve(socket);
    });
    this.#servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a server without a port');
    this.#ports.set(place, address.port);
  }

  get open(): number {
    return [...this.#sockets].filter((socket) => !socket.destroyed).length;
  }

  resolve(host: string): Promise<readonly string[]> {
    this.asked.push(host);
    const answers = this.names.get(host) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer === undefined
      ? Promise.reject(new Error(`${host} has no address`))
      : Promise.resolve(answer);
  }

  connect(address: string, port: number, signal: AbortSignal): Promise<Socket> {
    const place = `${address}:${port}`;
    this.reached.push(place);
    const here = this.#ports.get(place);
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    // Nobody lives there: as on the real one, nothing comes back.
    if (here === undefined) signal.addEventListener('abort', () => reject(new Error('no answer')));
    else {
      const socket = connect({ host: '127.0.0.1', port: here, allowHalfOpen: true });
      socket.once('error', reject).once('connect', () => resolve(socket));
    }
    return promise;
  }

  own(): readonly string[] {
    return this.ownAddresses;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((done) => server.close(done))));
  }
}
