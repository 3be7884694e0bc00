/** A line between browsers and a server that a test can cut, mend and slow down: bytes both ways, nothing else. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

export class LossyLine implements AsyncDisposable {
  readonly origin: string;
  /** How long each piece of a stream is on its way, before the next one sets out. */
  lagMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #to = 0;
  #whole = true;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.origin = `http://localhost:${port}`;
    server.on('connection', (socket) => this.#carry(socket));
  }

  static async open(): Promise<LossyLine> {
    const server = createServer().listen(0, 'localhost');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the line has no port');
    return new LossyLine(server, address.port);
  }

  leadTo(port: number): void {
    this.#to = port;
  }

  /** Every connection ends without a word, and no new one is made. */
  cut(): void {
    this.#whole = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#whole = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #carry(near: Socket): void {
    if (!this.#whole) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#to, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => undefined); // the other end closes with it
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(this.#slowly()).pipe(to);
    }
  }

  #slowly(): Transform {
    return new Transform({
      transform: (piece, _, done) => {
        if (this.lagMs === 0) done(null, piece);
        else setTimeout(() => done(null, piece), this.lagMs);
      },
    });
  }
}
