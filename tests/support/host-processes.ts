/** What the host sees of a sandbox: its processes by user, its control groups. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfAlive } from './sandbox.ts';

/** A line of /proc/<pid>/status. */
export function status(pid: number, name: string): string {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(readIfAlive(`/proc/${pid}/status`))?.[1]?.trim() ?? '';
}

/** All processes of the host that belong to this user; those that only wait to be reaped apart. */
export function processesOf(uid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => status(pid, 'Uid').split(/\s/)[0] === String(uid))
    .filter((pid) => !status(pid, 'State').startsWith('Z'));
}

export function cgroupsOf(id: string): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(' - cgroup'));
  const roots = lines.map((line) => line.split(' ')[4] ?? '');
  return roots.flatMap((root) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.includes(id))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}
