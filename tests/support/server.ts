import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface ServerOptions {
  /** Reused to start again on the same data; a fresh temporary folder when absent. */
  readonly data?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real server, as a process of its own on a port of its own: the front door. */
export class TestServer implements AsyncDisposable {
  readonly data: string;
  readonly origin: string;
  readonly ownerLink: string;
  readonly #child: ChildProcess;
  readonly #output: () => string;
  #keepData = false;

  private constructor(child: ChildProcess, data: string, output: () => string) {
    const text = output();
    this.#child = child;
    this.#output = output;
    this.data = data;
    this.ownerLink = /http\S+\/join\/#\S+/.exec(text)?.[0] ?? '';
    this.origin = new URL(this.ownerLink).origin;
  }

  static async start({ data, env = {} }: ServerOptions = {}): Promise<TestServer> {
    const folder = data ?? (await mkdtemp(path.join(tmpdir(), 'dojou-test-')));
    const child = spawn(process.execPath, ['server/main.ts'], {
      env: {
        PATH: process.env.PATH,
        DOJOU_DATA: folder,
        DOJOU_PORT: '0',
        DOJOU_LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    const started = new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        text += chunk.toString();
        if (/\/join\/#\S+\n/.test(text)) resolve();
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
    });
    await started;
    return new TestServer(child, folder, () => text);
  }

  /** Everything that it printed and logged. */
  get output(): string {
    return this.#output();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it by this signal and keeps its data; resolves with its exit code. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    this.#keepData = true;
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const keep = this.#keepData;
    await this.stop();
    if (!keep) await rm(this.data, { recursive: true, force: true });
  }
}
