/** What the host sees of a sandbox: its processes by user, its control groups. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { groups } from './left-behind.ts';
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

/** The folders of a sandbox's control groups. */
export function cgroupsOf(id: string): readonly string[] {
  return groups().filter((path) => basename(path).includes(id));
}
