import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';

const MIB = 1024 * 1024;
/** What the system and the server keep for themselves. */
const KEPT_FREE_MIB = 512;

/** True while the host has this much memory to give, beside what it needs itself. */
export function roomFor(memoryMiB: number): boolean {
  return availableMiB() >= KEPT_FREE_MIB + memoryMiB;
}

/** The page cache counts as available, which `freemem` leaves out. */
function availableMiB(): number {
  try {
    const [, kib] = /^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    if (kib !== undefined) return Number(kib) / 1024;
  } catch {
    // Not Linux, or no /proc: what the system says of itself has to do.
  }
  return freemem() / MIB;
}
