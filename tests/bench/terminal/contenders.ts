/** Those that are measured, each behind the same line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Person } from '../../support/person.ts';
import { TestServer } from '../../support/server.ts';
import { until } from '../../support/until.ts';
import { Line, type Wire } from './line.ts';
import { enter, OursWire } from './ours.ts';

export const LAB = 'see-whats-running';

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
export async function openOurs(
  parts: AsyncDisposableStack,
  { mirror = true }: { readonly mirror?: boolean } = {},
): Promise<{ readonly line: Line; readonly wire: OursWire }> {
  const server = parts.use(await TestServer.start({ env: mirror ? {} : { DOJOU_TEST_MIRROR: '0' } }));
  const person = await Person.named(server.origin, '測る人');
  const wire = new OursWire();
  const line = parts.use(await enter(person, await person.start(LAB), wire));
  await until(() => wire.running, { ms: 30_000, what: 'a running shell' });
  return { line, wire };
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
