/** What a server may have left on its host: looked up in the kernel and in the file system, not asked of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfAlive } from './sandbox.ts';

/** Everything below a process, itself apart: they may have changed their user, group and session. */
export function processesBelow(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const [, parent] = /^PPid:\s*(\d+)/m.exec(readIfAlive(`/proc/${name}/status`)) ?? [];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const below = (of: number): readonly number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Those that still run; who waits to be reaped does not. A number of its own start is not taken for another's. */
export function stillRunning(pids: readonly Started[]): readonly Started[] {
  return pids.filter(({ pid, at }) => startOf(pid) === at);
}

export interface Started {
  readonly pid: number;
  readonly at: string;
}

export function started(pids: readonly number[]): readonly Started[] {
  return pids.map((pid) => ({ pid, at: startOf(pid) ?? '' })).filter(({ at }) => at !== '');
}

function startOf(pid: number): string | null {
  const line = readIfAlive(`/proc/${pid}/stat`);
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return line === '' || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** The name of the sandbox's control group in which this process is, or null where it has none. */
export function groupOf(pid: number): string | null {
  return /\/(dojou-[\d.]+-[^/\n]+)/.exec(readIfAlive(`/proc/${pid}/cgroup`))?.[1] ?? null;
}

/** Folders of control groups whose name begins so. */
export function groupsNamed(prefix: string): readonly string[] {
  return groups().filter((path) => path.includes(`/${prefix}`));
}

/** The folders of all control groups of the host, in all hierarchies: others make and remove theirs meanwhile. */
export function groups(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const roots = lines.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
  return roots.flatMap(foldersBelow);
}

/** Without those that come and go while we look. */
function foldersBelow(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return entries.flatMap(({ name }) => [join(folder, name), ...foldersBelow(join(folder, name))]);
  } catch {
    return [];
  }
}

/** By which a disk is known that a test mounts for itself, perhaps beside another test. */
export const TEST_DISK = 'dojou-test-disk';

/** Where something is mounted, as this process sees it. */
export function mounts(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return lines.filter((line) => !line.includes(TEST_DISK)).sort();
}

/** Paths below a folder, without it. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

/** The processes above this one, up to but without `top`: the parent first. */
export function processesAbove(pid: number, top: number): readonly number[] {
  const [, parent] = /^PPid:\s*(\d+)/m.exec(readIfAlive(`/proc/${pid}/status`)) ?? [];
  if (parent === undefined || Number(parent) === top || Number(parent) <= 1) return [];
  return [Number(parent), ...processesAbove(Number(parent), top)];
}
