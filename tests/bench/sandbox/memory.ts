/** What seats that nobody types in cost: all their processes, shared pages divided by those who share them. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Resident {
  /** Of everything below the server, bwrap and agent and shell, MiB. */
  readonly sandboxesMiB: number;
  /** Of the server itself, MiB. */
  readonly serverMiB: number;
}

export function residentBelow(server: number): Resident {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === server || isBelow(parent));
  };
  let kib = 0;
  for (const pid of parents.keys()) if (isBelow(pid)) kib += pssKiB(pid);
  return { sandboxesMiB: kib / 1024, serverMiB: pssKiB(server) / 1024 };
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** The mappings are another user's: only root, or the server's own user, may add them up. */
function pssKiB(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended while we looked
  }
}
