import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { RUN_PROGRAM } from './launch.ts';

/**
 * Host ids of sandboxes whose server is gone: the outermost bwrap of ours that has no Node process as
 * its parent. Ending it ends all of the sandbox. `firstUid`: see `SweepOptions`.
 */
export function orphanedSandboxes(firstUid: number | null): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    if (!isSandbox(pid) || !belongsToUs(pid, firstUid)) return false;
    const parent = parentOf(pid);
    // Its own bwrap inside the other one goes with it; what has ended meanwhile has no parent.
    return parent !== null && !isSandbox(parent) && !isServer(parent);
  });
}

/** False when it had ended, or is not ours to end. */
export function endProcess(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    // ESRCH: it has ended. EPERM: another user's, who has to end it.
    return false;
  }
}

/** Another user may run a Dojou, or a container whose users begin where ours do. */
function belongsToUs(pid: number, firstUid: number | null): boolean {
  try {
    const { uid } = statSync(`/proc/${pid}`);
    return firstUid === null ? uid === process.getuid?.() : uid >= firstUid;
  } catch {
    // It has ended while we looked.
    return false;
  }
}

/** Who has ended and waits to be reaped has no arguments any more. */
function isSandbox(pid: number): boolean {
  const args = argumentsOf(pid);
  return basename(args[0] ?? '') === 'bwrap' && args.includes(RUN_PROGRAM);
}

/** By its program: a title may say anything. That of another user's process is hidden, but no parent of ours. */
function isServer(pid: number): boolean {
  try {
    const program = basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
    return program === 'node' || program === basename(process.execPath);
  } catch {
    return false;
  }
}

function argumentsOf(pid: number): readonly string[] {
  return readIfThere(`/proc/${pid}/cmdline`).split('\0');
}

function parentOf(pid: number): number | null {
  const [, parent] = /^PPid:\s*(\d+)/m.exec(readIfThere(`/proc/${pid}/status`)) ?? [];
  return parent === undefined ? null : Number(parent);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}
