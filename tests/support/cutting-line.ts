/**
 * A line between browsers and a server on which one socket breaks after exactly so many bytes. Everything
 * else passes.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Direction = 'to-client' | 'to-server';

export interface Wire {
  /** Bytes so far. */
  readonly carried: Readonly<Record<Direction, number>>;
  /** So many bytes more pass in this direction; then it ends without a word. */
  cutAfter(direction: Direction, bytes: number): void;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly carried: Record<Direction, number>;
  cut: { readonly direction: Direction; left: number } | null;
}

export class CuttingLine implements AsyncDisposable {
  readonly origin: string;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #to = 0;
  #latest: Pair | null = null;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.origin = `http://localhost:${port}`;
    server.on('connection', (near) => this.#carry(near));
  }

  static async open(): Promise<CuttingLine> {
    const server = createServer().listen(0, 'localhost');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the line has no port');
    return new CuttingLine(server, address.port);
  }

  leadTo(port: number): void {
    this.#to = port;
  }

  /** The WebSocket that was opened last. */
  get latest(): Wire {
    const pair = this.#latest;
    if (pair === null) throw new Error('there was no WebSocket yet');
    return {
      carried: pair.carried,
      cutAfter(direction, bytes) {
        if (bytes === 0) end(pair);
        else pair.cut = { direction, left: bytes };
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs) end(pair);
    this.#server.close();
    await once(this.#server, 'close');
  }

  #carry(near: Socket): void {
    const far = connect(this.#to, '127.0.0.1');
    const pair: Pair = { near, far, carried: { 'to-client': 0, 'to-server': 0 }, cut: null };
    this.#pairs.add(pair);
    near.once('data', (chunk: Buffer) => {
      if (/^upgrade: websocket\r$/im.test(chunk.toString())) this.#latest = pair;
    });
    this.#join(pair, near, far, 'to-server');
    this.#join(pair, far, near, 'to-client');
  }

  #join(pair: Pair, from: Socket, to: Socket, direction: Direction): void {
    from.setNoDelay(true);
    from.on('error', () => undefined); // the other end closes with it
    from.on('close', () => {
      this.#pairs.delete(pair);
      to.destroy();
    });
    from.on('data', (chunk: Buffer) => {
      const { cut } = pair;
      const passes = cut?.direction === direction ? Math.min(cut.left, chunk.length) : chunk.length;
      pair.carried[direction] += passes;
      if (cut?.direction !== direction) {
        to.write(chunk);
        return;
      }
      cut.left -= passes;
      to.write(chunk.subarray(0, passes), () => cut.left === 0 && end(pair));
    });
  }
}

/** What was written before arrives; nothing more does. */
function end({ near, far }: Pair): void {
  for (const socket of [near, far]) {
    socket.removeAllListeners('data');
    socket.resume();
    socket.end(() => setImmediate(() => socket.destroy()));
  }
}
