/**
 * What ours is measured against, as a process of its own: `peer.ts bare | relay`. Output goes out as it
 * comes, keys go in as they come, and acknowledgements pace; there is no room, ring, mirror or role. It
 * prints its port, and ends when its standard input does.
 */
import { spawn } from 'node-pty';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLIENT_FRAME_BYTES, DEFAULT_SIZE, HIGH_WATER_BYTES, LOW_WATER_BYTES } from '#protocol/limits.ts';
import { newId } from '../../../server/lib/ids.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../../server/sandbox/bubblewrap.ts';

/** Apart from the host users that the measured server gives to its sandboxes. */
const FIRST_UID = 230_000;

interface Source {
  onData(handler: (chunk: Uint8Array) => void): void;
  write(bytes: Buffer): void;
  pause(): void;
  resume(): void;
}

await using parts = new AsyncDisposableStack();
const source = process.argv[2] === 'bare' ? onHost() : await inSandbox();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  maxPayload: CLIENT_FRAME_BYTES,
});
parts.defer(() => server.close());
server.once('connection', (socket) => relay(source, socket));
server.once('listening', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
await new Promise((resolve) => process.stdin.resume().once('end', resolve));
for (const client of server.clients) client.terminate();

function relay(pty: Source, socket: WebSocket): void {
  let sent = 0;
  let acked = 0;
  let paused = false;
  pty.onData((chunk) => {
    sent += chunk.length;
    socket.send(chunk);
    if (!paused && sent - acked > HIGH_WATER_BYTES) {
      paused = true;
      pty.pause();
    }
  });
  socket.on('message', (data: Buffer, binary) => {
    if (binary) {
      pty.write(data);
      return;
    }
    acked = Number(data.toString());
    if (paused && sent - acked < LOW_WATER_BYTES) {
      paused = false;
      pty.resume();
    }
  });
}

function onHost(): Source {
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const options = { name: env.TERM, ...DEFAULT_SIZE, cwd: '/', env, encoding: null };
  const pty = spawn('/bin/bash', ['--norc'], options);
  parts.defer(() => pty.kill('SIGKILL'));
  return pty;
}

async function inSandbox(): Promise<Source> {
  const driver = createBubblewrapDriver({ log: silentLog, firstUid: FIRST_UID });
  const limits = { memoryMiB: 256, pids: 128, homeMiB: 64 };
  const sandbox = await driver.create({ id: newId(), ...limits, env: {}, files: [], home: null });
  parts.use(sandbox);
  return sandbox.openPty(DEFAULT_SIZE);
}
