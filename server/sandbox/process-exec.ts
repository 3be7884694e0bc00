import { spawn } from 'node:child_process';
import type { ExecOptions, ExecResult } from './sandbox.ts';

/** A process that outlives the program may keep its pipes open: how long we wait for its bytes. */
const LINGER_MS = 500;

/** Runs a program on the host in a group of its own, with bounded time and output. */
export function execProcess(
  { argv, stdin, timeoutMs, maxBytes }: ExecOptions,
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<ExecResult> {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { ...place, detached: true, stdio: 'pipe' });
  const { promise, resolve } = Promise.withResolvers<ExecResult>();
  const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let timedOut = false;
  let truncated = false;
  for (const stream of ['stdout', 'stderr'] as const) {
    let left = maxBytes;
    child[stream].on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, left);
      left -= part.length;
      truncated ||= part.length < chunk.length;
      if (part.length > 0) kept[stream].push(part);
    });
  }
  const timer = setTimeout(() => {
    timedOut = true;
    if (child.pid !== undefined) killGroup(child.pid);
  }, timeoutMs);
  const finish = (code: number | null, signal: string | null): void => {
    clearTimeout(timer);
    const [stdout, stderr] = [Buffer.concat(kept.stdout), Buffer.concat(kept.stderr)];
    resolve({ code, signal, stdout, stderr, timedOut, truncated });
  };
  child.once('error', (error) => {
    kept.stderr.push(Buffer.from(`dojou: ${file}: ${error.message}\n`));
    finish(127, null);
  });
  child.once('close', finish);
  child.once('exit', (code, signal) => {
    clearTimeout(timer);
    setTimeout(() => {
      finish(code, signal);
      child.stdout.destroy();
      child.stderr.destroy();
    }, LINGER_MS).unref();
  });
  // A program that does not read its input to the end breaks the pipe, as in any shell.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin ?? new Uint8Array());
  return promise;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in this very moment; its exit is on the way.
  }
}
