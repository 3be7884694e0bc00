/**
 * The process driver: shells of the host itself, without any isolation, for development and for hosts
 * that are a disposable machine themselves. Only the paths below the home, /usr/local and /tmp are
 * moved into a temporary folder, so that labs find what they expect.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, mkdtemp, open, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Log } from '../lib/log.ts';
import { buildEnvironment, HOME } from './environment.ts';
import { type HomePlace, restoreHome, saveHome } from './home-tar.ts';
import { groupName, ownerIsGone, ownerOfGroup } from './owner.ts';
import { execProcess } from './process-exec.ts';
import { ProcessPty } from './process-pty.ts';
import { isBelow } from './rootfs.ts';
import type {
  ExecOptions,
  ExecResult,
  Missing,
  Pty,
  PtyOptions,
  ReadResult,
  Sandbox,
  SandboxDriver,
  SandboxFile,
  SandboxLimit,
  SandboxSpec,
  SandboxUsage,
} from './sandbox.ts';

const MOVED = [HOME, '/usr/local', '/tmp'];

const NO_ISOLATION: Missing = {
  what: {
    ja: 'process ドライバーは、シェルを隔離しません。シェルからこの PC のすべてに触れます。',
    en: 'The process driver isolates nothing: a shell reaches all of this host.',
  },
  remedy: {
    ja: '人を招くときは bubblewrap ドライバーを使ってください。',
    en: 'Use the bubblewrap driver before you invite anybody.',
  },
};

export interface ProcessOptions {
  readonly log: Log;
}

export function createProcessDriver({ log }: ProcessOptions): SandboxDriver {
  return {
    name: 'process',
    async check() {
      await sweepFolders();
      return [];
    },
    weaknesses: () => Promise.resolve([NO_ISOLATION]),
    async create(spec) {
      const environment = buildEnvironment(spec.env);
      const root = await mkdtemp(join(tmpdir(), groupName('')));
      const sandbox = new ProcessSandbox(root, spec, environment);
      try {
        await sandbox.prepare(spec);
      } catch (error) {
        await sandbox[Symbol.asyncDispose]();
        throw error;
      }
      void sandbox.ended.then(({ reason }) => log.info({ sandbox: spec.id, reason }, 'sandbox ended'));
      return sandbox;
    },
  };
}

class ProcessSandbox implements Sandbox {
  readonly ended: Promise<{ readonly reason: string }>;
  readonly #root: string;
  readonly #homeMiB: number;
  readonly #env: Readonly<Record<string, string>>;
  readonly #home: HomePlace;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #end: (value: { readonly reason: string }) => void;
  #closing: Promise<void> | null = null;

  constructor(root: string, spec: SandboxSpec, environment: Readonly<Record<string, string>>) {
    const { promise, resolve } = Promise.withResolvers<{ readonly reason: string }>();
    this.ended = promise;
    this.#end = resolve;
    this.#root = root;
    this.#homeMiB = spec.homeMiB;
    this.#home = { exec: (options) => this.exec(options), folder: this.#moved(HOME) };
    this.#env = {
      ...environment,
      HOME: this.#moved(HOME),
      TMPDIR: this.#moved('/tmp'),
      PATH: `${this.#moved('/usr/local/bin')}:${environment.PATH}`,
    };
  }

  async prepare(spec: SandboxSpec): Promise<void> {
    for (const path of [HOME, '/usr/local/bin', '/tmp']) await mkdir(this.#moved(path), { recursive: true });
    const bashrc = await readFile(new URL('./inside/bashrc', import.meta.url), 'utf8');
    await writeFile(join(this.#root, 'bashrc'), `${bashrc}\n[[ -r ~/.bashrc ]] && . ~/.bashrc\ntrue\n`);
    if (spec.home) await restoreHome(this.#home, spec.home);
    await this.writeFiles(spec.files);
  }

  async openPty({ cols, rows, argv }: PtyOptions): Promise<Pty> {
    this.#mustRun();
    const login = ['/bin/bash', '--rcfile', join(this.#root, 'bashrc'), '-i'];
    return new ProcessPty({ argv: argv ?? login, cols, rows, cwd: this.#moved(HOME), env: this.#env });
  }

  async exec(options: ExecOptions): Promise<ExecResult> {
    this.#mustRun();
    const result = await execProcess(options, { cwd: this.#moved(HOME), env: this.#env });
    this.#mustRun();
    return result;
  }

  async writeFiles(files: readonly SandboxFile[]): Promise<void> {
    this.#mustRun();
    const stray = files.find((file) => !MOVED.some((folder) => isBelow(file.path, folder)));
    if (stray) throw new Error(`${stray.path} is below none of ${MOVED.join(', ')}`);
    for (const { path, content, mode = 0o644 } of files) {
      const target = this.#moved(path);
      await mkdir(dirname(target), { recursive: true });
      await rm(target, { force: true });
      await writeFile(target, content, { mode });
    }
  }

  async readFiles(paths: readonly string[], maxBytes: number): Promise<readonly ReadResult[]> {
    this.#mustRun();
    return Promise.all(paths.map((path) => this.#readFile(path, maxBytes)));
  }

  async forward(port: number, onConnection: (stream: Duplex) => void): Promise<void> {
    this.#mustRun();
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#keep(socket);
      onConnection(socket);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', (cause) =>
      reject(new Error(`port ${port} cannot be opened in the sandbox`, { cause })),
    );
    server.listen(port, '127.0.0.1', () => resolve());
    await promise;
    this.#servers.push(server);
  }

  async connect(port: number): Promise<Duplex> {
    this.#mustRun();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#keep(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(new Error(`port ${port} cannot be reached in the sandbox`, { cause })),
    );
    socket.once('close', () => reject(new Error('the sandbox is gone: closed')));
    await promise;
    return socket;
  }

  usage(): Promise<SandboxUsage> {
    return Promise.resolve({ memory: null, processes: null, home: null, cpuMs: null });
  }

  onLimit(_listener: (limit: SandboxLimit) => void): () => void {
    return () => undefined;
  }

  saveHome(): Promise<Uint8Array> {
    return saveHome(this.#home, this.#homeMiB);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
    await endProcessesOf(`HOME=${this.#moved(HOME)}`);
    await rm(this.#root, { recursive: true, force: true, maxRetries: 5 });
    this.#end({ reason: 'closed' });
  }

  async #readFile(path: string, maxBytes: number): Promise<ReadResult> {
    const top = MOVED.find((folder) => isBelow(path, folder));
    if (!top) return { status: 'refused', reason: 'leads out of the home' };
    const target = this.#moved(path);
    try {
      const folder = await realpath(dirname(target));
      const root = await realpath(this.#moved(top));
      if (folder !== root && !isBelow(folder, root))
        return { status: 'refused', reason: 'leads out of the home' };
      if (!(await lstat(target)).isFile()) return { status: 'refused', reason: 'is not a regular file' };
      await using file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const { size } = await file.stat();
      const content = Buffer.alloc(Math.min(size, maxBytes));
      const { bytesRead } = await file.read(content, 0, content.length, 0);
      return { status: 'found', content: content.subarray(0, bytesRead), truncated: size > maxBytes };
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return { status: missing ? 'missing' : 'refused', reason: String(error) };
    }
  }

  /** Until it is closed; a connection that breaks off is everyday life. */
  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  #moved(path: string): string {
    return join(this.#root, path);
  }

  #mustRun(): void {
    if (this.#closing !== null) throw new Error('the sandbox is gone: closed');
  }
}

/** What a server that was killed has left behind: folders of its sandboxes, and what was started in them. */
async function sweepFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = ownerOfGroup(name);
    if (owner === null || !ownerIsGone(owner)) continue;
    const root = join(tmpdir(), name);
    const found = await lstat(root).catch(() => null);
    if (found === null || found.uid !== process.getuid?.()) continue;
    await endProcessesOf(`HOME=${join(root, HOME)}`);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Ends all processes that were started with this variable, until none is left. */
async function endProcessesOf(variable: string): Promise<void> {
  let found = true;
  while (found) {
    found = false;
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const environ = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
      if (!environ.split('\0').includes(variable)) continue;
      found = true;
      try {
        process.kill(Number(name), 'SIGKILL');
      } catch {
        // It has ended by itself in the meantime.
      }
    }
  }
}
