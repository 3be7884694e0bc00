import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findCgroupParents } from '../../server/sandbox/cgroup.ts';
import { RUN_PROGRAM } from '../../server/sandbox/launch.ts';
import { ownerIsGone, ownerName } from '../../server/sandbox/owner.ts';
import { sweepHost } from '../../server/sandbox/sweep.ts';
import { readIfAlive } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

/** Users of this run alone: the same file may be running elsewhere on this host. */
const UID = 310_000_000 + (process.pid % 100_000) * 1000;
/** Below the users of all servers. */
const PERSON = 100_000 + (process.pid % 90_000);
const AS_ROOT = process.getuid?.() === 0;
const GROUPS = findCgroupParents();

/** A process that has been reaped: nobody has its number and start together any more. */
async function deadOwner(): Promise<string> {
  const child = spawn('/bin/sleep', ['100']);
  const name = ownerName(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return name;
}

describe('the name of a server', () => {
  test('TIDY-1 is gone with its process, and not taken over by another one of its number', async () => {
    expect(ownerIsGone(ownerName())).toBe(false);
    expect(ownerIsGone(await deadOwner())).toBe(true);
    const [pid, start, namespace] = ownerName().split('.');
    expect(ownerIsGone(`${pid}.${Number(start) - 1}.${namespace}`)).toBe(true);
  });

  test('TIDY-1 says nothing in another container, where numbers mean other processes', async () => {
    const [pid, start] = (await deadOwner()).split('.');
    expect(ownerIsGone(`${pid}.${start}.1`)).toBe(false);
    expect(ownerIsGone('12345')).toBe(false);
  });

  test('TIDY-1 a server that nobody has reaped yet is gone', async () => {
    // The shell becomes a program that never asks how its child has ended.
    const shell = spawn('/bin/sh', ['-c', 'sleep 100 & echo $!; exec sleep 100']);
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await until(() => readIfAlive(`/proc/${shell.pid}/cmdline`).startsWith('sleep'));
    const name = ownerName(pid);
    expect(ownerIsGone(name)).toBe(false);
    process.kill(pid, 'SIGKILL');
    await until(() => ownerIsGone(name));
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    shell.kill('SIGKILL');
  });
});

describe.runIf(GROUPS !== null)('groups that were left behind', () => {
  const parents = (GROUPS ?? []).map(({ path }) => path);
  const made: string[] = [];
  const programs: ChildProcess[] = [];

  /** A group in each hierarchy, with a group in it, and a program that forks as fast as it is killed. */
  async function group(owner: string, id: string): Promise<{ paths: readonly string[]; pid: number }> {
    const program = spawn('/bin/sh', ['-c', 'while :; do sleep 100 & wait $!; done'], { detached: true });
    programs.push(program);
    const paths = parents.map((parent) => join(parent, `dojou-${owner}-${id}`));
    for (const path of paths) {
      mkdirSync(join(path, 'inner'), { recursive: true });
      made.push(join(path, 'inner'), path);
      writeFileSync(join(path, 'inner', 'cgroup.procs'), String(program.pid));
    }
    return { paths, pid: program.pid ?? 0 };
  }

  afterEach(async () => {
    for (const program of programs.splice(0)) {
      if (program.pid !== undefined && program.exitCode === null && program.signalCode === null) {
        process.kill(-program.pid, 'SIGKILL');
      }
    }
    for (const path of made.splice(0)) {
      await until(() => !existsSync(path) || removed(path));
    }
  });

  test('TIDY-2 are ended with all that runs in them and below them; a living server’s are not touched', async () => {
    const left = await group(await deadOwner(), 'left');
    const [pid, start, namespace] = ownerName().split('.');
    const reused = await group(`${pid}.${Number(start) - 1}.${namespace}`, 'reused');
    const living = await group(ownerName(), 'living');
    const swept = sweepHost({ firstUid: UID });
    expect(swept.left).toEqual([]);
    // Not asked which of them it removed: another server that starts on this host may have been faster.
    for (const path of [...left.paths, ...reused.paths]) expect(existsSync(path)).toBe(false);
    await until(() => [left.pid, reused.pid].every((each) => readIfAlive(`/proc/${each}/cmdline`) === ''));
    expect(living.paths.every((path) => existsSync(join(path, 'inner')))).toBe(true);
    expect(readIfAlive(`/proc/${living.pid}/cmdline`)).not.toBe('');
  });
});

describe.runIf(AS_ROOT)('a sandbox without a parent', () => {
  /** Starts bwrap as a server does, but one that outlives its parent. */
  const STARTER = `
const { spawn } = require('node:child_process');
const [uid, program, stay] = process.argv.slice(1);
const child = spawn('/usr/bin/bwrap', ['--args', '5', '/usr/bin/python3', '-c', 'import time; time.sleep(1000)', program], {
  uid: Number(uid), gid: Number(uid), detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ignore', 'ignore', 'pipe'],
});
child.stdio[5].end(['--ro-bind', '/', '/', '--unshare-pid', ''].join('\\0'));
console.log(child.pid);
if (stay === 'stay') setTimeout(() => undefined, 600000);
else child.stdio[5].once('close', () => process.exit());
`;
  const starters: ChildProcess[] = [];
  const sandboxes: number[] = [];

  async function start(stay: 'stay' | 'go', uid = UID): Promise<number> {
    const starter = spawn(process.execPath, ['-e', STARTER, String(uid), RUN_PROGRAM, stay]);
    starters.push(starter);
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    sandboxes.push(pid);
    await until(() => readIfAlive(`/proc/${pid}/task/${pid}/children`).trim() !== '');
    if (stay === 'go' && starter.exitCode === null) await once(starter, 'exit');
    return pid;
  }

  afterEach(() => {
    for (const starter of starters.splice(0)) starter.kill('SIGKILL');
    // What is in it first: it does not end with bwrap, which is the point.
    for (const pid of sandboxes.splice(0)) {
      const inside = readIfAlive(`/proc/${pid}/task/${pid}/children`).trim().split(' ').map(Number);
      for (const each of [...inside, pid]) {
        if (each > 0 && readIfAlive(`/proc/${each}/cmdline`)) process.kill(each, 'SIGKILL');
      }
    }
  });

  test('TIDY-3 is ended where no control group holds it; those of living servers and other users are not', async () => {
    const orphan = await start('go');
    const living = await start('stay');
    const others = await start('go', PERSON);
    const { processes } = sweepHost({ firstUid: UID, roots: [] });
    await until(() => readIfAlive(`/proc/${orphan}/cmdline`) === '');
    expect(processes).not.toContain(living);
    expect(processes).not.toContain(others);
    for (const pid of [living, others]) expect(readIfAlive(`/proc/${pid}/cmdline`)).toContain('bwrap');
  });
});

function removed(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    // What runs in it is dying.
    return false;
  }
}
