/** The three that are measured, each behind the same line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeServerFrame, encodeAck, encodeInput } from '#protocol/frames.ts';
import {
  type ClientMessage,
  PROTOCOL_VERSION,
  type ServerMessage,
  SOCKET_PATH,
  SUBPROTOCOL,
  TICKET_PREFIX,
} from '#protocol/messages.ts';
import { Person } from '../../support/person.ts';
import { TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';
import { Line, type Wire } from './line.ts';

const LAB = 'see-whats-running';

/** A server of one shell that passes bytes on; see `peer.ts`. */
export async function openPeer(kind: 'bare' | 'relay', parts: AsyncDisposableStack): Promise<Line> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dojou-bench-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [new URL('peer.ts', import.meta.url).pathname, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  const ended = once(child, 'exit');
  parts.defer(async () => {
    child.stdin.end();
    await ended;
  });
  const [port] = await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error(`${kind} did not start`))),
  ]);
  return parts.use(await Line.open(`ws://127.0.0.1:${Number(String(port))}`, rawWire()));
}

/** The real server, through its front door, as one person in lab 1. */
export async function openOurs(parts: AsyncDisposableStack): Promise<Line> {
  const server = parts.use(await TestServer.start());
  const person = await Person.named(server.origin, '測る人');
  const ticket = await person.ticket(await person.start(LAB));
  const { wire, isRunning } = dojouWire();
  const url = server.origin.replace(/^http/, 'ws') + SOCKET_PATH;
  const line = parts.use(await Line.open(url, wire, [SUBPROTOCOL, TICKET_PREFIX + ticket]));
  await until(isRunning, { ms: 30_000, what: 'a running shell' });
  return line;
}

function rawWire(): Wire {
  let end = 0;
  return {
    input: (text) => Buffer.from(text),
    output(frame) {
      end += frame.length;
      return { bytes: frame, end };
    },
    ack: String,
  };
}

function dojouWire(): { readonly wire: Wire; readonly isRunning: () => boolean } {
  const spell = (message: ClientMessage) => JSON.stringify(message);
  let running = false;
  let epoch = 0;
  let typed = 0;
  let end: number | null = null;
  const wire: Wire = {
    open: spell({ t: 'hello', v: PROTOCOL_VERSION, lang: 'ja', tab: 'bench', resume: {} }),
    input(data) {
      typed += 1;
      return encodeInput({ terminal: 1, epoch, i: typed, answer: false, bytes: Buffer.from(data) });
    },
    output(data) {
      const frame = decodeServerFrame(data);
      if (frame === null) throw new Error('a frame of an unknown kind');
      if (frame.kind === 'snapshot') {
        if (end !== null) throw new Error(`${frame.gap} bytes of output were left out`);
        end = frame.offset;
        return { bytes: Buffer.alloc(0), end };
      }
      if (end !== null && frame.offset !== end) throw new Error(`output at ${frame.offset}, not at ${end}`);
      end = frame.offset + frame.bytes.length;
      return { bytes: data.subarray(data.length - frame.bytes.length), end };
    },
    ack: (offset) => encodeAck(1, offset),
    hear(text, socket) {
      const message = JSON.parse(text) as ServerMessage;
      if (message.t === 'welcome') {
        epoch = message.room.keyboard.epoch;
        running = message.terminals[0]?.state.status === 'running';
      } else if (message.t === 'terminal') running = message.info.state.status === 'running';
      else if (message.t === 'beat') socket.send(spell({ t: 'beat' }));
      else if (message.t === 'bye' || message.t === 'refused') throw new Error(`the server says: ${text}`);
    },
  };
  return { wire, isRunning: () => running };
}
