import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let data: string;
let started: ChildProcess | undefined;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'dojou-start-'));
});
afterEach(() => {
  started?.kill('SIGTERM');
  rmSync(data, { recursive: true, force: true });
});

/** `npm start` as a person types it, from somewhere else, without a HOME. */
function npmStart(env: Record<string, string> = {}): ChildProcess {
  const { HOME: _, ...here } = process.env;
  const args = ['--prefix', root, 'start', '--', '--skip-system'];
  started = spawn('npm', args, {
    cwd: tmpdir(),
    env: { ...here, DOJOU_PORT: '0', DOJOU_DATA: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return started;
}

/** All that is printed until `pattern` appears in it; rejects when the command ends before. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const found = pattern.exec(text);
      if (found) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code) => reject(new Error(`ended with ${code}:\n${text}`)));
  });
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('close', (code) => resolve(code)));

test('START-10 npm start serves, and a SIGTERM to npm ends the server with it', async () => {
  const child = npmStart();
  const [origin] = await printed(child, /http:\/\/localhost:[1-9]\d*/);
  const health = await fetch(`${origin}/healthz`);
  expect(await health.json()).toMatchObject({ status: 'ok' });
  const end = ended(child);
  child.kill('SIGTERM');
  expect(await end).toBe(0);
  await expect(fetch(`${origin}/healthz`)).rejects.toThrow();
});

test('START-10 npm start stops at a wrong setting, with a sentence and an exit code', async () => {
  const child = npmStart({ DOJOU_PORT: 'eighty' });
  const end = ended(child);
  await printed(child, /DOJOU_PORT に「eighty」は入れられない/);
  expect(await end).toBe(2);
});
