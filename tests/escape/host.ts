/** What there is to win on the real host: a server with secrets, run by the user that runs the suite. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, networkInterfaces, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { newId, newSecret } from '../../server/lib/ids.ts';

export const CLONE = resolve(import.meta.dirname, '../..');
export const PYTHON = '/usr/bin/python3';
export const AS_ROOT = process.getuid?.() === 0;

export const inside = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'inside', name), 'utf8');

export type Facts = Readonly<Record<string, unknown>>;

export class Host implements AsyncDisposable {
  readonly secret: string;
  readonly folder: string;
  readonly facts: Facts;
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  static async start(): Promise<Host> {
    const secret = `dojou-secret-${newSecret()}`;
    const id = newId();
    const folder = join(tmpdir(), `dojou-escape-${id}`);
    const asked = {
      secret,
      folder,
      files: [
        [join(folder, 'open'), 0o644],
        [join('/var/tmp', `dojou-escape-${id}`, 'open'), 0o644],
        [join(folder, 'locked'), 0o600],
        ...(AS_ROOT ? rootFiles(id) : []),
      ],
      addresses: [],
      lan: lanAddress(),
    };
    const child = spawn(PYTHON, ['-I', '-S', '-c', inside('target.py'), JSON.stringify(asked)], {
      cwd: '/',
      env: { AWS_SECRET_ACCESS_KEY: secret },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const first = await nextLine(lines);
    return new Host(secret, folder, { ...JSON.parse(first), disk: statSync('/').dev }, child, lines);
  }

  private constructor(secret: string, folder: string, facts: Facts, child: ChildProcess, lines: Interface) {
    this.secret = secret;
    this.folder = folder;
    this.facts = facts;
    this.#child = child;
    this.#lines = lines;
  }

  /** What has happened to the server's processes. */
  async effects(): Promise<readonly string[]> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return ['server gone'];
    const line = nextLine(this.#lines);
    this.#child.stdin?.write('\n');
    return JSON.parse(await line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((done) => this.#child.once('exit', done));
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.stdin?.end();
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
    for (const file of this.facts.files as readonly string[]) {
      rmSync(file, { force: true });
      if (file.startsWith('/var/tmp/') || file.includes('/.cache/escape'))
        rmSync(join(file, '..'), { recursive: true, force: true });
    }
  }
}

/** Where secrets lie on a host whose server is run by root. The last one is within the bind of /usr. */
function rootFiles(id: string): readonly (readonly [path: string, mode: number])[] {
  return [
    [join(homedir(), `.dojou-escape-${id}`), 0o600],
    [join(CLONE, '.cache', `escape-${id}`, 'dojou.db'), 0o600],
    [`/usr/dojou-escape-${id}`, 0o600],
  ];
}

function lanAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}

async function nextLine(lines: Interface): Promise<string> {
  const stop = new AbortController();
  const ended = once(lines, 'close', { signal: stop.signal }).then(() => {
    throw new Error('what there is to win has ended');
  });
  const line = once(lines, 'line', { signal: stop.signal }).then(([text]) => String(text));
  try {
    return await Promise.race([line, ended]);
  } finally {
    stop.abort();
    await Promise.allSettled([line, ended]);
  }
}
