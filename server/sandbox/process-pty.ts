import { constants } from 'node:os';
import * as nodePty from 'node-pty';
import { Delivery } from './delivery.ts';
import type { Pty } from './sandbox.ts';

/** A kernel holds less than this of a pty whose reader is away: what is left when a paused shell ends. */
const HELD_BYTES = 4 * 1024 * 1024;
/** node-pty throws the tail of a paused pty away 200 ms after the exit: look for the exit well before. */
const LOOK_EVERY_MS = 25;

export interface ProcessPtyOptions {
  readonly argv: readonly string[];
  readonly cols: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A pty on the host itself, by node-pty. It cannot tell whether ECHO is on, and never says so. */
export class ProcessPty implements Pty {
  readonly #terminal: nodePty.Terminal;
  readonly #delivery = new Delivery(HELD_BYTES);
  #look: NodeJS.Timeout | null = null;

  constructor({ argv, cols, rows, cwd, env }: ProcessPtyOptions) {
    const [file = '/bin/bash', ...rest] = argv;
    const name = env.TERM ?? 'xterm-256color';
    this.#terminal = nodePty.spawn(file, rest, { name, cols, rows, cwd, env: { ...env }, encoding: null });
    this.#terminal.onData((chunk) => this.#delivery.data(chunk));
    this.#terminal.onExit(({ exitCode, signal }) => {
      this.#stopLooking();
      const killed = signal === undefined || signal === 0 ? null : nameOf(signal);
      this.#delivery.exit({ code: killed ? null : exitCode, signal: killed });
    });
  }

  onData(handler: (chunk: Uint8Array) => void): void {
    this.#delivery.onData(handler);
  }

  onExit(handler: (exit: { code: number | null; signal: string | null }) => void): void {
    this.#delivery.onExit(handler);
  }

  onEcho(_handler: (on: boolean) => void): void {
    // Node has no way to ask a terminal for its modes.
  }

  write(bytes: Uint8Array): void {
    if (!this.#delivery.over) this.#terminal.write(Buffer.from(bytes));
  }

  resize(cols: number, rows: number): void {
    if (!this.#delivery.over) this.#terminal.resize(cols, rows);
  }

  pause(): void {
    if (this.#delivery.paused) return;
    this.#delivery.pause();
    this.#terminal.pause();
    this.#look = setInterval(() => {
      if (isAlive(this.#terminal.pid)) return;
      this.#stopLooking();
      this.#terminal.resume();
    }, LOOK_EVERY_MS);
    this.#look.unref();
  }

  resume(): void {
    if (!this.#delivery.paused) return;
    this.#stopLooking();
    this.#terminal.resume();
    this.#delivery.resume();
  }

  kill(signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGHUP'): void {
    if (!this.#delivery.over) this.#terminal.kill(signal);
  }

  #stopLooking(): void {
    if (this.#look) clearInterval(this.#look);
    this.#look = null;
  }
}

function nameOf(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // The only error for signal 0 to a child of ours: it is gone.
    return false;
  }
}
