import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Another server, perhaps of another user, that holds a sandbox with `sleep <mark>` in it. */
export function hold(mark: string, uid?: number): { readonly pid: number; readonly ready: Promise<unknown> } {
  const script = join(import.meta.dirname, 'hold-sandbox.ts');
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  const ready = new Promise((resolveReady, reject) => {
    child.stdout.once('data', (line: Buffer) => resolveReady(JSON.parse(line.toString())));
    child.once('exit', () => reject(new Error(complaint)));
  });
  return { pid: child.pid ?? 0, ready };
}
