import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { createProcessDriver } from '../../server/sandbox/process.ts';
import type { ExecResult, Pty, PtyExit, Sandbox, SandboxSpec } from '../../server/sandbox/sandbox.ts';
import { freePort, processesWith, specOf, until } from '../support/sandbox.ts';

const drivers = [createBubblewrapDriver({ log: silentLog }), createProcessDriver({ log: silentLog })];

/** Everything a pty has said, and its exit. */
class Listener {
  exit: PtyExit | null = null;
  bytesAtExit = -1;
  readonly #chunks: Buffer[] = [];

  constructor(pty: Pty) {
    pty.onData((chunk) => this.#chunks.push(Buffer.from(chunk)));
    pty.onExit((exit) => {
      this.exit = exit;
      this.bytesAtExit = this.length;
    });
  }

  get length(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const shell = (script: string): string[] => ['/bin/bash', '-c', script];

describe.each(drivers)('sandbox contract: $name', (driver) => {
  let sandbox: Sandbox;
  const made: Sandbox[] = [];

  async function create(change: Partial<SandboxSpec> = {}): Promise<Sandbox> {
    const created = await driver.create(specOf(change));
    made.push(created);
    return created;
  }

  function run(
    script: string,
    more: { stdin?: Uint8Array; timeoutMs?: number; maxBytes?: number } = {},
  ): Promise<ExecResult> {
    return sandbox.exec({ argv: shell(script), timeoutMs: 20_000, maxBytes: 1024 * 1024, ...more });
  }

  beforeEach(async () => {
    sandbox = await create();
  });

  afterEach(async () => {
    for (const each of made.splice(0)) await each[Symbol.asyncDispose]();
  });

  test('SBX-1 the host can run it', async () => {
    expect(await driver.check()).toEqual([]);
  });

  describe('ptys', () => {
    test('SBX-2 a pty is a login shell with our prompt; bytes come back as they were, split anywhere', async () => {
      const pty = await sandbox.openPty({ cols: 80, rows: 24 });
      const listener = new Listener(pty);
      await until(() => listener.text.includes('\x1b]133;B\x07'));
      const typed = Buffer.from("printf '<%s>\\n' '日本語のテスト'\r");
      for (const byte of typed) pty.write(Uint8Array.of(byte));
      await until(() => listener.text.includes('<日本語のテスト>'));
      expect(listener.text).toContain('learner@dojou');
    });

    test('SBX-3 the shell marks prompt, command and exit code by OSC 133', async () => {
      const pty = await sandbox.openPty({ cols: 80, rows: 24 });
      const listener = new Listener(pty);
      await until(() => listener.text.includes('\x1b]133;B\x07'));
      pty.write(Buffer.from('(exit 7)\r'));
      await until(() => listener.text.includes('\x1b]133;D;7\x07'));
      expect(listener.text).toMatch(/133;A.*133;B.*133;C.*133;D;7/s);
    });

    test('SBX-4 the size is the one given, and a resize is seen', async () => {
      const pty = await sandbox.openPty({ cols: 93, rows: 31, argv: shell('stty size; read -r; stty size') });
      const listener = new Listener(pty);
      await until(() => listener.text.includes('31 93'));
      pty.resize(120, 40);
      pty.write(Buffer.from('\r'));
      await until(() => listener.text.includes('40 120'));
    });

    test('SBX-5 the exit comes after the last byte, with its code', async () => {
      const pty = await sandbox.openPty({
        cols: 80,
        rows: 24,
        argv: shell('head -c 5000000 /dev/zero | tr "\\0" x; exit 3'),
      });
      const listener = new Listener(pty);
      await until(() => listener.exit !== null);
      expect(listener.exit).toEqual({ code: 3, signal: null });
      expect(listener.bytesAtExit).toBe(5_000_000);
    });

    test('SBX-6 a pause stops the output within a bound, and nothing is lost by it', async () => {
      // The writer notes after each 64 KiB how much it has written: what it says is not what we have seen.
      const writer = `
import os
for n in range(1, 321):
    os.write(1, b'x' * 65536)
    os.pwrite(3, b'%9d' % (n * 65536), 0)
raise SystemExit(4)`;
      const argv = shell('exec 3>~/written; exec /usr/bin/python3 -c "$0"').concat(writer);
      const pty = await sandbox.openPty({ cols: 80, rows: 24, argv });
      const listener = new Listener(pty);
      await until(() => listener.length > 0);
      pty.pause();
      const atPause = listener.length;
      const written = async (): Promise<number> => Number(text((await run('cat ~/written')).stdout));
      let before = -1;
      await until(async () => {
        const last = before;
        before = await written();
        await run('sleep 0.1');
        return before === last;
      });
      expect(before - atPause).toBeLessThan(2 * 1024 * 1024);
      expect(listener.length).toBe(atPause);
      expect(listener.exit).toBeNull();
      pty.resume();
      await until(() => listener.exit !== null);
      expect(listener.exit).toEqual({ code: 4, signal: null });
      expect(listener.bytesAtExit).toBe(320 * 65_536);
    });

    test('SBX-7 the tail of a shell that ends while it is paused is kept', async () => {
      const pty = await sandbox.openPty({
        cols: 80,
        rows: 24,
        argv: shell('read -r; echo tail; touch ~/done; exit 5'),
      });
      const listener = new Listener(pty);
      pty.pause();
      pty.write(Buffer.from('\r'));
      await until(async () => (await run('test -e ~/done')).code === 0);
      // node-pty gives the tail up 200 ms after the exit; the exec that waits for longer proves it is kept.
      await run('sleep 0.6');
      expect(listener.length).toBe(0);
      expect(listener.exit).toBeNull();
      pty.resume();
      await until(() => listener.exit !== null);
      expect(listener.text).toContain('tail');
      expect(listener.exit).toEqual({ code: 5, signal: null });
    });

    test('SBX-8 kill ends the shell and says by which signal', async () => {
      const pty = await sandbox.openPty({ cols: 80, rows: 24, argv: ['/bin/sleep', '1000'] });
      const listener = new Listener(pty);
      pty.kill('SIGKILL');
      await until(() => listener.exit !== null);
      expect(listener.exit).toEqual({ code: null, signal: 'SIGKILL' });
    });

    test('SBX-9 several ptys run side by side, one paused, without mixing', async () => {
      const ptys = await Promise.all(
        [0, 1, 2, 3].map((n) =>
          sandbox.openPty({
            cols: 80,
            rows: 24,
            argv: shell(`head -c 1000000 /dev/zero | tr "\\0" ${n}; exit ${n}`),
          }),
        ),
      );
      const listeners = ptys.map((pty) => new Listener(pty));
      ptys[0]?.pause();
      await until(() => listeners.slice(1).every(({ exit }) => exit !== null));
      ptys[0]?.resume();
      await until(() => listeners[0]?.exit !== null);
      listeners.forEach(({ text: said, exit }, n) => {
        expect(said).toBe(String(n).repeat(1_000_000));
        expect(exit).toEqual({ code: n, signal: null });
      });
    });

    test('SBX-10 a program that cannot be run says so and ends', async () => {
      const pty = await sandbox.openPty({ cols: 80, rows: 24, argv: ['/no/such/program'] });
      const listener = new Listener(pty);
      await until(() => listener.exit !== null);
      expect(listener.exit?.code).not.toBe(0);
    });
  });

  describe('exec', () => {
    test('SBX-11 exec gives stdin and brings back both outputs and the code', async () => {
      const result = await run('cat; echo wrong >&2; exit 9', { stdin: Buffer.from('こんにちは') });
      expect(text(result.stdout)).toBe('こんにちは');
      expect(text(result.stderr)).toBe('wrong\n');
      expect(result).toMatchObject({ code: 9, signal: null, timedOut: false, truncated: false });
    });

    test('SBX-12 a large stdin reaches a slow reader whole, and one that ends early is no failure', async () => {
      const stdin = randomBytes(3_000_000);
      const slow = await run('sleep 0.1; sha256sum', { stdin });
      expect(text(slow.stdout)).toContain(createHash('sha256').update(stdin).digest('hex'));
      expect(await run('head -c 1 >/dev/null; exit 2', { stdin })).toMatchObject({ code: 2 });
    });

    test('SBX-13 a timeout ends the whole group', async () => {
      const result = await run('sleep 4321 & sleep 4321', { timeoutMs: 300 });
      expect(result).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: true });
      await until(async () => (await run('pgrep -f "^sleep 432[1]"')).code === 1);
    });

    test('SBX-14 output beyond the bound is dropped, and that is said', async () => {
      const result = await run('head -c 300000 /dev/zero; exit 1', { maxBytes: 1000 });
      expect(result).toMatchObject({ code: 1, truncated: true });
      expect(result.stdout.length).toBe(1000);
    });

    test('SBX-15 a program that leaves a child with its pipes does not hold up exec', async () => {
      const result = await run('sleep 30 & echo started');
      expect(text(result.stdout)).toBe('started\n');
    });

    test('SBX-16 the environment holds the base, the spec and nothing of the server', async () => {
      process.env.DOJOU_TEST_SECRET = 'not for learners';
      const other = await create({ env: { LAB: 'one' } });
      const result = await other.exec({ argv: ['/usr/bin/env'], timeoutMs: 5000, maxBytes: 10_000 });
      const lines = text(result.stdout).trim().split('\n');
      expect(lines).toContain('LAB=one');
      expect(lines).toContain('LANG=C.UTF-8');
      const names = lines.map((line) => line.split('=')[0]).sort();
      const base = ['COLORTERM', 'HOME', 'LAB', 'LANG', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];
      expect(names.filter((name) => name !== 'TMPDIR' && name !== 'PWD')).toEqual(base);
      await expect(driver.create(specOf({ env: { LD_PRELOAD: '/tmp/x' } }))).rejects.toThrow('LD_PRELOAD');
    });
  });

  describe('files', () => {
    test('SBX-17 files of the spec are there before the first program, with their mode', async () => {
      const files = [
        { path: '/usr/local/bin/hey', content: '#!/bin/sh\necho hey\n', mode: 0o755 },
        { path: '/home/learner/notes/読む.txt', content: '内容', mode: 0o600 },
      ];
      sandbox = await create({ files });
      const result = await run('hey; cat ~/notes/読む.txt; stat -c " %a" ~/notes/読む.txt');
      expect(text(result.stdout)).toBe('hey\n内容 600\n');
      await expect(driver.create(specOf({ files: [{ path: '/etc/passwd', content: '' }] }))).rejects.toThrow(
        '/etc/passwd',
      );
      const climbing = [{ path: '/home/learner/../../x', content: '' }];
      await expect(driver.create(specOf({ files: climbing }))).rejects.toThrow('..');
    });

    test('SBX-18 what is written is read back, bounded; what is absent is missing', async () => {
      const content = randomBytes(1_500_000);
      await sandbox.writeFiles([{ path: '/home/learner/a/b.bin', content }]);
      const results = await sandbox.readFiles(['/home/learner/a/b.bin', '/home/learner/none'], 2_000_000);
      expect(results[0]).toEqual({ status: 'found', content, truncated: false });
      expect(results[1]).toMatchObject({ status: 'missing' });
      const [short] = await sandbox.readFiles(['/home/learner/a/b.bin'], 10);
      expect(short).toEqual({ status: 'found', content: content.subarray(0, 10), truncated: true });
    });

    test('SBX-19 links, devices, pipes and folders are refused, not followed', async () => {
      await run('ln -s /etc/passwd ~/link; mkfifo ~/pipe; mkdir ~/dir; ln -s /etc ~/out');
      const paths = ['link', 'pipe', 'dir', 'out/passwd'].map((name) => `/home/learner/${name}`);
      const results = await sandbox.readFiles([...paths, '/etc/passwd'], 1000);
      expect(results.map(({ status }) => status)).toEqual(Array(5).fill('refused'));
    });

    test('SBX-20 a home that was saved comes back in another sandbox', async () => {
      await run(
        'mkdir -p ~/deep/er; echo 土 >~/deep/er/file; chmod 640 ~/deep/er/file; ln -s deep ~/link; head -c 9000000 /dev/urandom >~/big; sha256sum <~/big >~/sum',
      );
      const home = await sandbox.saveHome();
      sandbox = await create({ home });
      const result = await run(
        'cat ~/link/er/file; stat -c %a ~/deep/er/file; sha256sum <~/big | diff - ~/sum && echo same',
      );
      expect(text(result.stdout)).toBe('土\n640\nsame\n');
    });

    test('SBX-26 what cannot be read, or is full of holes, does not stop a home from being saved', async () => {
      await run(
        'truncate -s 1G ~/holes; mkdir ~/shut; touch ~/shut/x; chmod 0 ~/shut; mkfifo ~/pipe; echo kept >~/kept',
      );
      const home = await sandbox.saveHome();
      expect(home.length).toBeLessThan(1024 * 1024);
      sandbox = await create({ home });
      expect(text((await run('cat ~/kept; stat -c %s ~/holes')).stdout)).toBe('kept\n1073741824\n');
    });

    test('SBX-33 a home of very many empty files, which take headers and no room, is saved whole', async () => {
      sandbox = await create({ homeMiB: 8 });
      await run('mkdir ~/many && cd ~/many && seq 40000 | xargs touch && echo kept >~/kept');
      const home = await sandbox.saveHome();
      expect(home.length).toBeLessThan(4 * 1024 * 1024);
      expect(Buffer.from(await sandbox.saveHome()).equals(home)).toBe(true);
      sandbox = await create({ homeMiB: 8, home });
      expect(text((await run('cat ~/kept; ls ~/many | wc -l')).stdout)).toBe('kept\n40000\n');
    });
  });

  describe('forward', () => {
    test('SBX-21 a program inside reaches a handler outside: 8 MB each way', async () => {
      const answer = randomBytes(8_000_000);
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          response.setHeader('x-received', Buffer.concat(chunks).length);
          response.end(answer);
        });
      });
      const port = await freePort();
      await sandbox.forward(port, (stream) => server.emit('connection', stream));
      await run('head -c 8000000 /dev/urandom >~/up');
      const result = await run(
        `curl -s -D ~/headers -o ~/down --data-binary @$HOME/up http://127.0.0.1:${port}/ && grep -i received ~/headers && sha256sum <~/down`,
      );
      expect(text(result.stdout)).toContain('8000000');
      expect(text(result.stdout)).toContain(createHash('sha256').update(answer).digest('hex'));
    });

    test('SBX-22 a connection whose handler reads nothing holds up no other', async () => {
      const streams: Duplex[] = [];
      const port = await freePort();
      await sandbox.forward(port, (stream) => {
        if (streams.push(stream) > 1) stream.end('second');
      });
      const stuck = run(`head -c 20000000 /dev/zero >/dev/tcp/127.0.0.1/${port}`);
      await until(() => streams.length === 1);
      const second = await run(`exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3`);
      expect(text(second.stdout)).toBe('second');
      await run('sleep 0.2');
      expect(streams[0]?.readableLength).toBeLessThanOrEqual(512 * 1024);
      streams[0]?.destroy();
      await stuck;
    });

    test('SBX-23 a port that is taken is refused with a sentence', async () => {
      const port = await freePort();
      await sandbox.forward(port, (stream) => stream.end());
      await expect(sandbox.forward(port, () => undefined)).rejects.toThrow(`port ${port}`);
    });
  });

  describe('end', () => {
    test('SBX-24 dispose ends every process and port, twice without harm; later calls are refused', async () => {
      const mark = `4${Date.now()}`;
      const pty = await sandbox.openPty({ cols: 80, rows: 24 });
      const listener = new Listener(pty);
      const port = await freePort();
      await sandbox.forward(port, (stream) => stream.end());
      await run(`setsid sleep ${mark} >/dev/null 2>&1 </dev/null & sleep ${mark} >/dev/null 2>&1 &`);
      await until(() => processesWith(mark).length === 2);
      await sandbox[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
      expect(processesWith(mark)).toEqual([]);
      expect((await sandbox.ended).reason).toContain('closed');
      await until(() => listener.exit !== null);
      await expect(run('true')).rejects.toThrow('gone');
      await expect(reach(port)).rejects.toThrow('ECONNREFUSED');
    });

    test('SBX-25 what is under way when the sandbox ends is rejected, not left hanging', async () => {
      const underWay = run('sleep 1000');
      const failed = expect(underWay).rejects.toThrow();
      await until(async () => (await run('pgrep -x sleep')).code === 0);
      await sandbox[Symbol.asyncDispose]();
      await failed;
    });
  });
});

function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
