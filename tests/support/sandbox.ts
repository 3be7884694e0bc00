import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../server/lib/ids.ts';
import type { SandboxSpec } from '../../server/sandbox/sandbox.ts';

/** A sandbox as lab 1 asks for it, with what a test wants otherwise. */
export function specOf(change: Partial<SandboxSpec> = {}): SandboxSpec {
  return { id: newId(), memoryMiB: 256, pids: 64, homeMiB: 64, env: {}, files: [], home: null, ...change };
}

/** Waits for a condition; the test's own time limit ends what never comes true. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}

/** Host ids of processes with this among their arguments, zombies apart. */
export function processesWith(argument: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readIfAlive(`/proc/${pid}/cmdline`).split('\0').includes(argument))
    .map(Number);
}

/** A file of /proc, or an empty text when its process has ended meanwhile. */
export function readIfAlive(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
