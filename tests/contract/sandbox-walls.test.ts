import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { ExecResult, Sandbox, SandboxSpec } from '../../server/sandbox/sandbox.ts';
import { cgroupsOf, processesOf, status } from '../support/host-processes.ts';
import { hold } from '../support/other-server.ts';
import { freePort, processesWith, specOf, until } from '../support/sandbox.ts';

/** Users of this run alone: the same file may be running elsewhere on this host. */
const FIRST_UID = 300_000 + (process.pid % 10_000) * 10_000;
const CLONE = resolve(import.meta.dirname, '../..');
const AS_ROOT = process.getuid?.() === 0;
const driver = createBubblewrapDriver({ log: silentLog, firstUid: FIRST_UID });

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('walls of a bubblewrap sandbox', () => {
  let sandbox: Sandbox;
  let spec: SandboxSpec;
  const made: Sandbox[] = [];

  async function create(change: Partial<SandboxSpec> = {}): Promise<Sandbox> {
    spec = specOf(change);
    const created = await driver.create(spec);
    made.push(created);
    return created;
  }

  function run(script: string, more: { stdin?: Uint8Array; timeoutMs?: number } = {}): Promise<ExecResult> {
    return sandbox.exec({
      argv: ['/bin/bash', '-c', script],
      timeoutMs: 20_000,
      maxBytes: 1024 * 1024,
      ...more,
    });
  }

  function python(program: string, timeoutMs = 20_000): Promise<ExecResult> {
    return sandbox.exec({
      argv: ['/usr/bin/python3', '-'],
      stdin: Buffer.from(program),
      timeoutMs,
      maxBytes: 100_000,
    });
  }

  beforeEach(async () => {
    sandbox = await create();
  });

  afterEach(async () => {
    for (const each of made.splice(0)) await each[Symbol.asyncDispose]();
  });

  test('SBX-34 a save that is killed says that it was, and for what', async () => {
    await run('for n in $(seq 9); do head -c 4000000 /dev/urandom >~/$n; done');
    // By name: these walls alone keep it from the tar of others.
    await run(`setsid bash -c 'while :; do pkill -9 -x tar; done' >/dev/null 2>&1 </dev/null &`);
    await expect(sandbox.saveHome()).rejects.toMatchObject({
      name: 'HomeUnsaved',
      why: 'memory',
      message: expect.stringMatching(/saved: tar was killed, .+ memory/),
    });
  });

  test('WALL-1 on the host every process is a user without rights: not root, no group, no capability', async () => {
    const mark = `5${Date.now()}`;
    await sandbox.openPty({ cols: 80, rows: 24, argv: ['/bin/sleep', mark] });
    await until(() => processesWith(mark).length === 1);
    const [sleep = 0] = processesWith(mark);
    const [uid = ''] = status(sleep, 'Uid').split(/\s/);
    expect(Number(uid)).not.toBe(0);
    if (AS_ROOT) expect(Number(uid)).toBeGreaterThanOrEqual(FIRST_UID);
    const all = AS_ROOT ? processesOf(Number(uid)) : [sleep];
    if (AS_ROOT) expect(all.length).toBe(4);
    for (const pid of all) {
      expect(status(pid, 'Uid').split(/\s/)).toEqual(Array(4).fill(uid));
      expect(status(pid, 'Gid').split(/\s/)).not.toContain('0');
      if (AS_ROOT) expect(status(pid, 'Groups')).toBe('');
      for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'CapInh'].slice(0, pid === sleep ? 5 : 2)) {
        expect(Number(`0x${status(pid, set)}`)).toBe(0);
      }
    }
    expect(status(sleep, 'NoNewPrivs')).toBe('1');
    expect(status(sleep, 'Seccomp')).toBe('2');
  });

  test('WALL-2 each sandbox has a host user of its own', async () => {
    if (!AS_ROOT) return;
    const [one, two] = [`6${Date.now()}`, `7${Date.now()}`];
    await sandbox.openPty({ cols: 80, rows: 24, argv: ['/bin/sleep', one] });
    const other = await create();
    await other.openPty({ cols: 80, rows: 24, argv: ['/bin/sleep', two] });
    await until(() => processesWith(one).length === 1 && processesWith(two).length === 1);
    expect(status(processesWith(one)[0] ?? 0, 'Uid')).not.toBe(status(processesWith(two)[0] ?? 0, 'Uid'));
    expect(text((await run('ps ax -o args')).stdout)).not.toContain(two);
  });

  test('WALL-3 no descriptor of the server leads inside, and nobody inside can open the agent', async () => {
    const result = await run(
      'ls /proc/2/fd; cat /proc/2/environ; head -c1 /proc/2/mem; for fd in /proc/1/fd/*; do cat $fd; done',
    );
    expect(text(result.stdout)).toBe('');
    expect(text(result.stderr)).toContain('Permission denied');
    if (!AS_ROOT) return;
    const links = processesOf(Number(FIRST_UID)).flatMap((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        // It ended while we looked.
        return [];
      }
    });
    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((link) => !/^(socket:|pipe:|anon_inode:|\/dev\/null$|\/proc$)/.test(link))).toEqual(
      [],
    );
  });

  test('WALL-4 the network is loopback alone, and not the loopback of the host', async () => {
    const server = createServer((socket) => socket.end());
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    const result = await python(`
import socket
for address in (('1.1.1.1', 443), ('169.254.169.254', 80), ('169.254.170.2', 80), ('10.0.0.1', 22), ('127.0.0.1', ${port})):
    try:
        socket.create_connection(address, 3)
        print(address[0], 'reached')
    except OSError as error:
        print(address[0], error.strerror)
print(sorted(line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]))
print(repr(open('/proc/net/unix').read().count('@')))
`);
    server.close();
    const unreachable = 'Network is unreachable';
    expect(text(result.stdout).trim().split('\n')).toEqual([
      ...['1.1.1.1', '169.254.169.254', '169.254.170.2', '10.0.0.1'].map(
        (address) => `${address} ${unreachable}`,
      ),
      '127.0.0.1 Connection refused',
      "['lo']",
      '0',
    ]);
  });

  test('WALL-5 files of the host cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dojou-wall-'));
    writeFileSync(join(folder, 'secret'), 'seen', { mode: 0o644 });
    const paths = [
      join(folder, 'secret'),
      '/root/.profile',
      '/etc/shadow',
      '/etc/gshadow',
      join(CLONE, 'package.json'),
      '/proc/1/root/etc/shadow',
      '/var/log',
      '/sys/kernel',
      '/dev/sda',
      '/dev/vda',
      '/dev/mem',
      '/dev/kmsg',
      '/run/systemd',
      '/opt',
      '/srv',
      '/boot',
      '/proc/kcore',
    ];
    const result = await run(
      `for path in ${paths.join(' ')}; do cat "$path" >/dev/null 2>&1 && echo "$path"; ls "$path"/* >/dev/null 2>&1 && echo "$path"; done; true`,
    );
    rmSync(folder, { recursive: true });
    expect(text(result.stdout)).toBe('');
  });

  test('WALL-6 the system is read-only; only home, /tmp and /dev/shm are not', async () => {
    const places = [
      '/',
      '/usr',
      '/usr/bin',
      '/usr/local/bin',
      '/etc',
      '/dev',
      '/run',
      '/var',
      '/home',
      '/proc',
      '/etc/ssl/certs',
    ];
    const result = await run(`
for place in ${places.join(' ')} ~ /tmp /dev/shm; do touch "$place/x" 2>/dev/null && echo "$place"; done
for file in /etc/passwd /etc/bash.bashrc /etc/ld.so.cache /usr/bin/env /proc/sys/kernel/hostname /proc/sys/user/max_user_namespaces /proc/sysrq-trigger; do { true >>"$file"; } 2>/dev/null && echo "$file"; done; true`);
    expect(text(result.stdout)).toBe('/home/learner\n/tmp\n/dev/shm\n');
  });

  test('WALL-7 dangerous system calls are refused by the filter, not by luck', async () => {
    const probe = readFileSync(join(import.meta.dirname, '../support/sandbox-probe.py'), 'utf8');
    const result = await python(probe);
    const { setuid, mknod, clone3, newest, ...found } = JSON.parse(text(result.stdout)) as Record<
      string,
      string
    >;
    const { 'foreign abi': foreign, 'socket raw inet': raw, ...rest } = found;
    expect({ setuid, mknod, clone3, newest, raw }).toEqual({
      setuid: 'EINVAL',
      mknod: 'EPERM',
      clone3: 'ENOSYS',
      newest: 'ENOSYS',
      raw: 'EPERM',
    });
    if (process.arch === 'x64') expect(foreign).toBe('SIGSYS');
    const sockets = Object.entries(rest).filter(([name]) => name.startsWith('socket '));
    expect(sockets.map(([, error]) => error)).toEqual(sockets.map(() => 'EAFNOSUPPORT'));
    const { statmount, ...calls } = rest;
    expect(statmount).not.toBe('done');
    const allowed = Object.entries(calls).filter(
      ([name, error]) => !name.startsWith('socket ') && error !== 'EPERM',
    );
    expect(allowed).toEqual([]);
  });

  test('WALL-8 no new namespaces, by tools either; setuid programs give nothing', async () => {
    const result = await run(
      'unshare -Ur true; unshare -m true; bwrap --ro-bind / / true; su -c true; for p in su mount passwd; do test -u /usr/bin/$p && /usr/bin/$p --version >/dev/null 2>&1; done; id -u',
      { timeoutMs: 5000 },
    );
    expect(text(result.stdout)).toBe('1000\n');
  });

  test('WALL-9 a fork bomb stays within its bound, and dispose ends it', async () => {
    const bomb = await python(`
import os, time
count = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(1000)
        count += 1
except OSError as error:
    print(count, error.strerror, flush=True)
os.killpg(0, 9)
`);
    const [, count = '', reason] = /^(\d+) (.*)$/m.exec(text(bomb.stdout)) ?? [];
    expect(Number(count)).toBeLessThanOrEqual(spec.pids);
    expect(Number(count)).toBeGreaterThan(spec.pids / 2);
    expect(reason).toBe('Resource temporarily unavailable');
    expect((await run('true')).code).toBe(0);
    const pty = await sandbox.openPty({ cols: 80, rows: 24 });
    pty.onData(() => undefined);
    pty.write(Buffer.from(':(){ :|:& };:\r'));
    if (AS_ROOT) await until(() => processesOf(FIRST_UID).length > spec.pids / 2);
    await sandbox[Symbol.asyncDispose]();
    if (AS_ROOT) expect(processesOf(FIRST_UID)).toEqual([]);
  });

  test('WALL-10 who takes too much memory is killed; the sandbox lives on', async () => {
    const bomb = await python('x = []\nwhile True: x.append(bytearray(1 << 20))');
    expect(bomb).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(text((await run('echo alive')).stdout)).toBe('alive\n');
  });

  test('WALL-11 home, /tmp and shared memory are full at their size, all at once, and the shell still works', async () => {
    const result = await run(
      'for place in ~ /tmp /dev/shm; do head -c 300000000 /dev/zero >$place/full 2>~/../../tmp/error || true; stat -c %s $place/full; done',
    );
    const sizes = text(result.stdout).trim().split('\n').map(Number);
    const MIB = 1024 * 1024;
    expect(sizes[0]).toBe(64 * MIB);
    expect(sizes[1]).toBeLessThanOrEqual(32 * MIB);
    expect(sizes[2]).toBe(16 * MIB);
    const full = await run('echo more >>~/full');
    expect(text(full.stderr)).toContain('No space left on device');
    expect((await run('/usr/bin/python3 -c "print(1)"')).code).toBe(0);
    await expect(driver.create(specOf({ homeMiB: 200 }))).rejects.toThrow('home of 200 MiB');
  });

  test('WALL-12 open files are bounded and no core is written', async () => {
    expect(text((await run('ulimit -Hn; ulimit -Hc')).stdout)).toBe('1024\n0\n');
  });

  test('WALL-13 nothing is left behind: no process, no control group', async () => {
    const { id } = spec;
    const uid = FIRST_UID;
    const pty = await sandbox.openPty({ cols: 80, rows: 24 });
    pty.write(Buffer.from('setsid sleep 3333 &\r'));
    await until(async () => text((await run('pgrep -c sleep')).stdout) === '1\n');
    if ((await driver.weaknesses()).length === 0) expect(cgroupsOf(id).length).toBeGreaterThan(0);
    await sandbox[Symbol.asyncDispose]();
    expect(cgroupsOf(id)).toEqual([]);
    if (AS_ROOT) expect(processesOf(uid)).toEqual([]);
  });

  test('WALL-15 a server that is killed takes its sandboxes along', async () => {
    const mark = `8${Date.now()}`;
    const holder = hold(mark);
    await holder.ready;
    await until(() => processesWith(mark).length === 1);
    process.kill(holder.pid, 'SIGKILL');
    await until(() => processesWith(mark).length === 0);
  });

  test('WALL-16 a server without root runs sandboxes too, as itself, and says what is weaker', async () => {
    if (!AS_ROOT) return;
    const mark = `9${Date.now()}`;
    const holder = hold(mark, 65_533);
    expect(await holder.ready).toEqual({ missing: 0, weaknesses: 1 });
    await until(() => processesWith(mark).length === 1);
    expect(status(processesWith(mark)[0] ?? 0, 'Uid').split(/\s/)[0]).toBe('65533');
    process.kill(holder.pid, 'SIGKILL');
    await until(() => processesWith(mark).length === 0);
  });

  test('WALL-18 the programs of the host run: links through /etc/alternatives, the AWS CLI, names, time', async () => {
    const result = await run(
      'for link in /etc/alternatives/*; do test -e $link || echo $link; done; awk "BEGIN { print 1 }"; id -un; hostname; getent hosts localhost >/dev/null && date +%Z; /usr/bin/aws --version',
    );
    expect(text(result.stdout)).toMatch(/^1\nlearner\ndojou\nUTC\naws-cli\/\d/);
  });

  test('WALL-17 a password prompt is reported, and a line editor is none', async () => {
    const pty = await sandbox.openPty({ cols: 80, rows: 24 });
    const seen: (boolean | string)[] = [];
    let said = '';
    pty.onData((chunk) => {
      said += text(chunk);
    });
    pty.onEcho((on) => seen.push(on));
    await until(() => said.includes('133;B'));
    pty.write(Buffer.from('read -rsp "secret: " x\r'));
    await until(() => seen.includes(false));
    pty.write(Buffer.from('hidden\r'));
    await until(() => seen.includes(true));
    expect(seen).toEqual([false, true]);
    expect(said).not.toContain('hidden');
  });
});
