/** How the server reaches programs that listen inside. */
import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { createProcessDriver } from '../../server/sandbox/process.ts';
import type { ExecResult, Sandbox } from '../../server/sandbox/sandbox.ts';
import { freePort, specOf, until } from '../support/sandbox.ts';

const drivers = [createBubblewrapDriver({ log: silentLog }), createProcessDriver({ log: silentLog })];

describe.each(drivers)('reaching programs inside: $name', (driver) => {
  let sandbox: Sandbox;
  const made: Sandbox[] = [];

  async function create(): Promise<Sandbox> {
    const created = await driver.create(specOf());
    made.push(created);
    return created;
  }

  function run(script: string): Promise<ExecResult> {
    return sandbox.exec({ argv: ['/bin/bash', '-c', script], timeoutMs: 20_000, maxBytes: 1024 * 1024 });
  }

  beforeEach(async () => {
    sandbox = await create();
  });

  afterEach(async () => {
    for (const each of made.splice(0)) await each[Symbol.asyncDispose]();
  });

  /** A program inside that listens on this port and does this with each connection, one after the other. */
  async function listen(port: number, each: string): Promise<void> {
    const program = `
import socket, threading, hashlib
server = socket.create_server(('127.0.0.1', ${port}))
open('listening', 'w').close()
def serve(peer):
${each.replaceAll(/^/gm, '    ')}
while True:
    threading.Thread(target=serve, args=(server.accept()[0],)).start()`;
    await sandbox.writeFiles([{ path: '/home/learner/listen.py', content: program }]);
    await run('cd; setsid /usr/bin/python3 listen.py >/dev/null 2>&1 </dev/null &');
    await until(async () => (await run('test -e ~/listening')).code === 0);
  }

  async function whole(stream: Duplex): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  test('SBX-27 the server reaches a program inside: 8 MB each way, ended one way and then the other', async () => {
    const port = await freePort();
    await listen(
      port,
      `said = hashlib.sha256()
while data := peer.recv(65536): said.update(data)
peer.sendall(b'x' * 8000000 + said.hexdigest().encode())
peer.close()`,
    );
    const sent = randomBytes(8_000_000);
    const stream = await sandbox.connect(port);
    stream.end(sent);
    const answer = await whole(stream);
    expect(answer.subarray(0, -64)).toEqual(Buffer.alloc(8_000_000, 'x'));
    expect(answer.subarray(-64).toString()).toBe(createHash('sha256').update(sent).digest('hex'));
  });

  test('SBX-28 where nobody listens it is refused with a sentence; a program that hangs up ends the stream', async () => {
    const none = await freePort();
    await expect(sandbox.connect(none)).rejects.toThrow(`port ${none}`);
    const port = await freePort();
    await listen(port, "peer.sendall(b'bye')\npeer.close()");
    const stream = await sandbox.connect(port);
    expect((await whole(stream)).toString()).toBe('bye');
    await sandbox[Symbol.asyncDispose]();
    await expect(sandbox.connect(port)).rejects.toThrow('gone');
  });

  test('SBX-29 a stream that nobody reads holds up no other, and ends with the sandbox', async () => {
    const port = await freePort();
    await listen(
      port,
      "if peer.recv(1) == b'a':\n    peer.sendall(b'z' * 50000000)\npeer.sendall(b'second')\npeer.close()",
    );
    const stuck = await sandbox.connect(port);
    stuck.write('a');
    await until(() => stuck.readableLength > 0);
    const other = await sandbox.connect(port);
    other.write('b');
    expect((await whole(other)).toString()).toBe('second');
    await run('sleep 0.2');
    expect(stuck.readableLength).toBeLessThanOrEqual(512 * 1024);
    await sandbox[Symbol.asyncDispose]();
    await until(() => stuck.destroyed);
  });
});
