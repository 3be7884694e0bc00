import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../lib/clock.ts';

const KIB = 1024;

/** A learner's program holds the other end: everything is bounded, in number, bytes and time. */
const LIMITS = {
  connections: 32,
  headerBytes: 32 * KIB,
  /** A connection that says nothing for this long is closed; clients open another. */
  idleMs: 30_000,
  requestMs: 20_000,
} as const;

export interface StreamServer extends Disposable {
  onConnection(stream: Duplex): void;
}

/** An HTTP server without a port: it speaks over the streams that a sandbox forwards. */
export function createStreamServer(options: {
  readonly clock: Clock;
  readonly maxBodyBytes: number;
  answer(request: IncomingMessage, body: Uint8Array, response: ServerResponse): Promise<void>;
  tooLarge(response: ServerResponse): void;
}): StreamServer {
  const { clock, maxBodyBytes, answer, tooLarge } = options;
  const open = new Set<Duplex>();
  let closed = false;

  const server = createServer({ maxHeaderSize: LIMITS.headerBytes }, (request, response) => {
    // Errors of one exchange end its connection and nothing else.
    const end = () => request.socket.destroy();
    const cancel = clock.after(LIMITS.requestMs, end);
    response.once('close', cancel);
    request.once('error', end);
    response.once('error', end);
    readBody(request, maxBodyBytes)
      .then((body) => {
        if (body) return answer(request, body, response);
        response.once('finish', end);
        response.setHeader('connection', 'close');
        tooLarge(response);
        return undefined;
      })
      .catch(end);
  });
  server.on('clientError', (_, socket) => socket.destroy());

  return {
    onConnection(stream) {
      if (closed || open.size >= LIMITS.connections) {
        stream.destroy();
        return;
      }
      open.add(stream);
      let cancel = clock.after(LIMITS.idleMs, () => stream.destroy());
      const alive = () => {
        cancel();
        cancel = clock.after(LIMITS.idleMs, () => stream.destroy());
      };
      stream.on('data', alive);
      stream.on('error', () => stream.destroy());
      stream.once('close', () => {
        cancel();
        open.delete(stream);
      });
      server.emit('connection', stream);
    },
    [Symbol.dispose]() {
      closed = true;
      for (const stream of open) stream.destroy();
    },
  };
}

/** The whole body, or null as soon as it is too long. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
