/**
 * What a server that was killed has left on the host, ended before the next one makes anything there:
 * control groups with what still runs in them, and sandboxes without a parent.
 */
import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, orphanedSandboxes } from './orphans.ts';
import { ownerIsGone, ownerOfGroup } from './owner.ts';

/** Groups lie a few folders deep: below slices, users, sessions and containers. */
const DEEPEST = 16;
/** A process that is told to end is gone in milliseconds, unless a disk holds it. */
const WITHIN_MS = 3000;
const LOOK_EVERY_MS = 5;

export interface Swept {
  /** What was removed. */
  readonly groups: readonly string[];
  /** Processes of the host that were ended. */
  readonly processes: readonly number[];
  /** What could not be removed: not ours to write, or held by something that does not end. */
  readonly left: readonly string[];
}

export interface SweepOptions {
  /** The first host user of sandboxes when the server runs as root; null when they share its own. */
  readonly firstUid: number | null;
  /** Where control groups are mounted; found when absent. */
  readonly roots?: readonly string[];
}

/** Idempotent, and blind for whatever a living server has made. */
export function sweepHost({ firstUid, roots = cgroupMounts() }: SweepOptions): Swept {
  const deadline = Date.now() + WITHIN_MS;
  const processes = new Set<number>();
  const groups = roots.flatMap((root) => [...leftGroups(root, DEEPEST)]);
  const left = groups.filter((group) => !endGroup(group, deadline, processes));
  for (;;) {
    const orphans = orphanedSandboxes(firstUid);
    for (const pid of orphans) {
      endProcess(pid);
      processes.add(pid);
    }
    if (orphans.length === 0 || Date.now() > deadline) break;
    wait(LOOK_EVERY_MS);
  }
  return { groups: groups.filter((group) => !left.includes(group)), processes: [...processes], left };
}

/** A line of mountinfo: … root mountpoint options … - type source superoptions (proc(5)). */
function cgroupMounts(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
}

function* leftGroups(folder: string, depth: number): Generator<string> {
  for (const name of foldersIn(folder)) {
    const path = join(folder, name);
    const owner = ownerOfGroup(name);
    if (owner === null) {
      if (depth > 0) yield* leftGroups(path, depth - 1);
    } else if (ownerIsGone(owner)) yield path;
  }
}

/** True when it is gone, with all groups below it. What forks as fast as it is killed may fork no more. */
function endGroup(path: string, deadline: number, ended: Set<number>): boolean {
  writeIfThere(join(path, 'pids.max'), '0');
  writeIfThere(join(path, 'cgroup.kill'), '1');
  for (;;) {
    if (removed(path, ended)) return true;
    if (Date.now() > deadline) return false;
    wait(LOOK_EVERY_MS);
  }
}

function removed(path: string, ended: Set<number>): boolean {
  for (const name of foldersIn(path)) removed(join(path, name), ended);
  for (const pid of pidsIn(path)) {
    if (endProcess(pid)) ended.add(pid);
  }
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

function pidsIn(group: string): readonly number[] {
  try {
    const lines = readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n');
    return lines.filter((line) => line !== '').map(Number);
  } catch {
    // It has been removed meanwhile.
    return [];
  }
}

function foldersIn(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    // Gone meanwhile, or not for us to see; then there is nothing that we could remove either.
    return [];
  }
}

function writeIfThere(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'r+' });
  } catch {
    // This hierarchy has no such control, or the group is not ours: ending its processes says so.
  }
}

/** The server has not begun: nobody waits for this thread. */
function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
