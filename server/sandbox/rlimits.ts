import { readdirSync, statSync } from 'node:fs';
import type { SandboxShape } from './sandbox.ts';

/** Programs map far more than they use; below this, some that fit well would not start. */
const LEAST_ADDRESS_SPACE_KIB = 1024 * 1024;
/** Beside the learner's own processes: bwrap twice, and the agent. */
const OWN_PIDS = 3;

/**
 * Limits for a host without control groups, as `ulimit` commands: memory counts per process rather than
 * together, and processes per host user. `uid` is the sandbox's own user, or null when it shares the
 * server's, whose threads then count too.
 */
export function rlimits({ memoryMiB, pids }: SandboxShape, uid: number | null): string {
  const addressSpace = Math.max(memoryMiB * 1024, LEAST_ADDRESS_SPACE_KIB);
  const others = uid === null ? threadsOf(process.getuid?.() ?? 0) : 0;
  const most = others + pids + OWN_PIDS;
  // Shells do not agree on the letter: dash says p, bash says u and means the size of pipes by p.
  return `ulimit -v ${addressSpace} && { ulimit -u ${most} 2>/dev/null || ulimit -p ${most}; } || exit 1;`;
}

function threadsOf(uid: number): number {
  let threads = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (statSync(`/proc/${name}`).uid === uid) threads += readdirSync(`/proc/${name}/task`).length;
    } catch {
      // It has ended while we counted.
    }
  }
  return threads;
}
