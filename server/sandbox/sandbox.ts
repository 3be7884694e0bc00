/**
 * A sandbox is one learner's or one room's machine: it opens ptys, runs programs, moves files and
 * forwards loopback ports. It knows nothing of terminals, rooms or seats.
 */
import type { Duplex } from 'node:stream';

export interface SandboxSpec {
  /** The seat's id: names the cgroup and the uid, never reaches the learner's environment. */
  readonly id: string;
  readonly memoryMiB: number;
  readonly pids: number;
  readonly homeMiB: number;
  /** Added to the environment that the driver builds from nothing (PATH, HOME, LANG, TERM, PS1…). */
  readonly env: Readonly<Record<string, string>>;
  /** Written before the first program runs; paths absolute inside the sandbox, below /home or /usr/local. */
  readonly files: readonly SandboxFile[];
  /** A saved home (what `saveHome` returned), or null for a fresh one. */
  readonly home: Uint8Array | null;
  /** Others of its shape will be asked for: worth keeping some in reserve. */
  readonly common?: boolean;
}

/** What is fixed when a sandbox starts, whoever will have it. */
export interface SandboxShape extends Pick<SandboxSpec, 'memoryMiB' | 'pids' | 'homeMiB'> {
  /** Those below /usr/local. */
  readonly files: readonly SandboxFile[];
}

export interface SandboxFile {
  readonly path: string;
  readonly content: Uint8Array | string;
  /** Permission bits; 0o644 when absent. */
  readonly mode?: number;
}

export interface PtyOptions {
  readonly cols: number;
  readonly rows: number;
  /** Defaults to a login shell. */
  readonly argv?: readonly string[];
}

export interface PtyExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Output is bytes, never strings. Handlers are set once, before the first await after `openPty`. */
export interface Pty {
  onData(handler: (chunk: Uint8Array) => void): void;
  /** Called once, after the last byte of output. */
  onExit(handler: (exit: PtyExit) => void): void;
  /**
   * Called with false when a program reads whole lines without showing them (a password prompt), and
   * with true when that is over. Line editors, which show the keys themselves, are not reported.
   * The process driver cannot tell, and never calls it.
   */
  onEcho(handler: (on: boolean) => void): void;
  write(bytes: Uint8Array): void;
  resize(cols: number, rows: number): void;
  /**
   * Stop and go on reading the pty, so that its writer feels the pressure. Idempotent. Between the two
   * neither `onData` nor the exit that follows unread output is called.
   */
  pause(): void;
  resume(): void;
  kill(signal?: 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
}

export interface ExecOptions {
  readonly argv: readonly string[];
  readonly stdin?: Uint8Array;
  /** Killed with its process group after this; then `timedOut` is true. */
  readonly timeoutMs: number;
  /** Output beyond this many bytes (per stream) is dropped; then `truncated` is true. */
  readonly maxBytes: number;
}

export interface ExecResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly timedOut: boolean;
  readonly truncated: boolean;
}

export type ReadResult =
  | { readonly status: 'found'; readonly content: Uint8Array; readonly truncated: boolean }
  | { readonly status: 'missing' | 'refused'; readonly reason: string };

export interface Share {
  readonly used: number;
  readonly limit: number;
}

/** Bytes, and numbers of processes. Null where the host or the driver does not count. */
export interface SandboxUsage {
  /** Home and /tmp lie in memory, and count. */
  readonly memory: Share | null;
  readonly processes: Share | null;
  /** As it was a few seconds ago. */
  readonly home: Share | null;
  /** Milliseconds of one core since the sandbox began. */
  readonly cpuMs: number | null;
}

/** `memory`: a process was ended. `processes`: none could be started. `home`, `tmp`: full. */
export type SandboxLimit = 'memory' | 'processes' | 'home' | 'tmp';

export interface Sandbox extends AsyncDisposable {
  openPty(options: PtyOptions): Promise<Pty>;
  exec(options: ExecOptions): Promise<ExecResult>;
  /** Below the home or /tmp, as the learner; /usr/local is closed once the sandbox has started. */
  writeFiles(files: readonly SandboxFile[]): Promise<void>;
  /** At most `maxBytes` of each file, by absolute path. */
  readFiles(paths: readonly string[], maxBytes: number): Promise<readonly ReadResult[]>;
  /** Listens on 127.0.0.1:`port` inside; each connection reaches the handler as a stream. */
  forward(port: number, onConnection: (stream: Duplex) => void): Promise<void>;
  /**
   * Reaches the program that listens on 127.0.0.1:`port` inside; rejects when none does. The stream may be
   * ended one way and go on the other.
   */
  connect(port: number): Promise<Duplex>;
  usage(): Promise<SandboxUsage>;
  /**
   * Hears within seconds that a limit was hit, each kind at most every ten seconds. The process driver
   * limits nothing, and never calls it.
   */
  onLimit(listener: (limit: SandboxLimit) => void): () => void;
  /** The home as a tar, packed or not, for `SandboxSpec.home`. Rejects with a `HomeUnsaved` that says why. */
  saveHome(): Promise<Uint8Array>;
  /** Resolves when the sandbox is gone, however it ended. */
  readonly ended: Promise<{ readonly reason: string }>;
  /** Ends every process and leaves nothing behind. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What keeps shells from running here, and what to do about it: each a whole sentence per language. */
export interface Missing {
  readonly what: { readonly ja: string; readonly en: string };
  readonly remedy: { readonly ja: string; readonly en: string };
}

export interface SandboxDriver {
  readonly name: 'bubblewrap' | 'process';
  /** Looks at the host; empty when shells can run. */
  check(): Promise<readonly Missing[]>;
  /** Things that are weaker than they could be here (no cgroup, for one), for `doctor` and the log. */
  weaknesses(): Promise<readonly Missing[]>;
  create(spec: SandboxSpec): Promise<Sandbox>;
  /** Starts one before anybody asks for it; absent where that saves nobody any time. */
  readonly prepare?: (shape: SandboxShape) => Promise<PreparedSandbox>;
}

/** A sandbox in which nobody's program has run yet. */
export interface PreparedSandbox extends AsyncDisposable {
  /** Resolves when it is gone. */
  readonly ended: Promise<{ readonly reason: string }>;
  /** Makes it the sandbox of this spec, whose shape it has; called once. Whoever calls owns what comes of it. */
  dress(spec: SandboxSpec): Promise<Sandbox>;
}
