import type { Duplex } from 'node:stream';
import { AgentLink, parseExit, parseReason, printable } from './agent-link.ts';
import { AgentPty } from './agent-pty.ts';
import { AgentWork } from './agent-work.ts';
import { OWN_PIDS } from './cgroup.ts';
import { type Disks, parseDisks } from './disks.ts';
import { HOME } from './environment.ts';
import { encodeFrame, encodeJson, type Frame, KIND, MalformedFrame } from './frames.ts';
import { Heartbeat } from './heartbeat.ts';
import { restoreHome, saveHome } from './home-tar.ts';
import type { Launched } from './launch.ts';
import { LimitHits } from './limit-hits.ts';
import type { Hits, Meter } from './meter.ts';
import { isBelow } from './rootfs.ts';
import type { Rounds } from './rounds.ts';
import type {
  ExecOptions,
  ExecResult,
  Pty,
  PtyOptions,
  ReadResult,
  Sandbox,
  SandboxFile,
  SandboxLimit,
  SandboxShape,
  SandboxUsage,
} from './sandbox.ts';

const MIB = 1024 * 1024;
const MAX_PTYS = 32;
/** Of what bwrap and the agent wrote to standard error. */
const COMPLAINT_CHARACTERS = 2000;

interface Opening {
  readonly pty: AgentPty;
  resolve(pty: Pty): void;
  reject(error: Error): void;
}

export interface AgentSandboxOptions {
  readonly launched: Launched;
  readonly limits: SandboxShape;
  /** Null without control groups. */
  readonly meter: Meter | null;
  readonly rounds: Rounds;
  /** Runs once, when the last process has been told to end; it says more about why, if it knows. */
  readonly cleanUp: () => Promise<string | null>;
}

/** A sandbox through its agent. Nothing the agent says is believed beyond this sandbox. */
export class AgentSandbox implements Sandbox {
  readonly ended: Promise<{ readonly reason: string }>;
  readonly ready: Promise<unknown>;
  readonly #launched: Launched;
  readonly #limits: SandboxShape;
  readonly #meter: Meter | null;
  readonly #hits = new LimitHits();
  readonly #stopLooking: () => void;
  #counted: Hits = { memory: 0, processes: 0 };
  #disks: Disks | null = null;
  readonly #terminals: AgentLink;
  readonly #heartbeat: Heartbeat;
  readonly #work: AgentWork;
  readonly #home = { exec: (options: ExecOptions) => this.exec(options), folder: HOME };
  readonly #opening = new Map<number, Opening>();
  readonly #ptys = new Map<number, AgentPty>();
  #nextChannel = 1;
  #reason: string | null = null;

  constructor({ launched, limits, meter, rounds, cleanUp }: AgentSandboxOptions) {
    this.#launched = launched;
    this.#limits = limits;
    this.#meter = meter;
    this.#stopLooking = rounds.add(() => this.#look());
    const broken = (reason: string): void => this.#end(reason);
    this.#terminals = new AgentLink(launched.terminals, (frame) => this.#onTerminalFrame(frame), broken);
    this.#heartbeat = new Heartbeat(
      () => this.#terminals.send(encodeFrame(KIND.PING, 0)),
      () => broken('the agent does not answer'),
    );
    const link = new AgentLink(launched.work, (frame) => this.#work.frame(frame), broken);
    this.#work = new AgentWork(link, broken);
    this.ready = Promise.all([this.#terminals.ready, link.ready]);
    void this.ready.then(() => {
      if (this.#reason === null) this.#heartbeat.start();
    });
    const { promise, resolve } = Promise.withResolvers<{ readonly reason: string }>();
    this.ended = promise;
    launched.child.once('exit', () => {
      this.#end('the sandbox has ended');
      void cleanUp().then((cause) => resolve({ reason: cause ?? this.#explain() }));
    });
  }

  /** It has ended, or is about to. */
  get gone(): boolean {
    return this.#reason !== null;
  }

  async openPty({ cols, rows, argv }: PtyOptions): Promise<Pty> {
    this.#mustRun();
    if (this.#ptys.size + this.#opening.size >= MAX_PTYS) throw new Error(`more than ${MAX_PTYS} terminals`);
    const channel = this.#nextChannel++;
    const pty = new AgentPty(channel, this.#terminals);
    const opened = Promise.withResolvers<Pty>();
    this.#opening.set(channel, { pty, resolve: opened.resolve, reject: opened.reject });
    this.#terminals.send(encodeJson(KIND.OPEN, channel, { cols, rows, argv }));
    return opened.promise;
  }

  /** Before the first program: gives all of them their environment. */
  async dress(env: Readonly<Record<string, string>>): Promise<void> {
    this.#mustRun();
    await this.#work.dress(env);
  }

  async exec(options: ExecOptions): Promise<ExecResult> {
    this.#mustRun();
    return this.#work.exec(options);
  }

  async writeFiles(files: readonly SandboxFile[]): Promise<void> {
    this.#mustRun();
    const stray = files.find((file) => !isBelow(file.path, HOME) && !isBelow(file.path, '/tmp'));
    if (stray) throw new Error(`${stray.path} is not below ${HOME}: the rest cannot be written any more`);
    for (const file of files) await this.#work.writeFile(file);
  }

  async readFiles(paths: readonly string[], maxBytes: number): Promise<readonly ReadResult[]> {
    this.#mustRun();
    const results: ReadResult[] = [];
    for (const path of paths) results.push(await this.#work.readFile(path, maxBytes));
    return results;
  }

  async forward(port: number, onConnection: (stream: Duplex) => void): Promise<void> {
    this.#mustRun();
    await this.#work.forward(port, onConnection);
  }

  async connect(port: number): Promise<Duplex> {
    this.#mustRun();
    return await this.#work.connect(port);
  }

  async usage(): Promise<SandboxUsage> {
    this.#mustRun();
    const { memoryMiB, pids, homeMiB } = this.#limits;
    const { memoryBytes = null, tasks = null, cpuMs = null } = this.#meter?.usage() ?? {};
    return {
      memory: memoryBytes === null ? null : { used: memoryBytes, limit: memoryMiB * MIB },
      processes: tasks === null ? null : { used: Math.max(0, tasks - OWN_PIDS), limit: pids },
      home: this.#disks === null ? null : { used: this.#disks.home.used, limit: homeMiB * MIB },
      cpuMs,
    };
  }

  onLimit(listener: (limit: SandboxLimit) => void): () => void {
    return this.#hits.on(listener);
  }

  saveHome(): Promise<Uint8Array> {
    return saveHome(this.#home, this.#limits.homeMiB);
  }

  restoreHome(tar: Uint8Array): Promise<void> {
    return restoreHome(this.#home, tar);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end('closed');
    await this.ended;
  }

  #onTerminalFrame({ kind, channel, payload }: Frame): void {
    if (kind === KIND.PONG) {
      if (!this.#heartbeat.answered()) throw new MalformedFrame('an answer to nothing that was asked');
      this.#lookAtDisks(parseDisks(payload, this.#limits.homeMiB));
      return;
    }
    const opening = this.#opening.get(channel);
    if (opening) {
      this.#opening.delete(channel);
      if (kind === KIND.FAILED) {
        opening.reject(new Error(parseReason(payload)));
        return;
      }
      if (kind !== KIND.OPENED) throw new MalformedFrame(`kind ${kind} before a pty is open`);
      this.#ptys.set(channel, opening.pty);
      opening.resolve(opening.pty);
      return;
    }
    const pty = this.#ptys.get(channel);
    if (!pty) throw new MalformedFrame('a pty that nobody opened');
    if (kind === KIND.OUTPUT && payload.length > 0) pty.output(payload);
    else if (kind === KIND.ECHO) pty.echoChanged(payload.readUInt8(0) !== 0);
    else if (kind === KIND.EXIT) {
      this.#ptys.delete(channel);
      pty.exited(parseExit(payload));
    } else throw new MalformedFrame(`kind ${kind} on a pty`);
  }

  #look(): void {
    if (this.#meter === null) return;
    const hits = this.#meter.hits();
    if (hits.memory > this.#counted.memory) this.#hits.hit('memory');
    if (hits.processes > this.#counted.processes) this.#hits.hit('processes');
    this.#counted = hits;
  }

  /** Full is told when it becomes so: what stays full is no news. */
  #lookAtDisks(disks: Disks | null): void {
    const before = this.#disks;
    this.#disks = disks;
    if (disks?.home.full && !before?.home.full) this.#hits.hit('home');
    if (disks?.tmp.full && !before?.tmp.full) this.#hits.hit('tmp');
  }

  #mustRun(): void {
    if (this.#reason !== null) throw new Error(`the sandbox is gone: ${this.#reason}`);
  }

  #end(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#heartbeat.stop();
    this.#stopLooking();
    this.#meter?.[Symbol.dispose]();
    this.#launched.child.kill('SIGKILL');
    for (const { reject } of this.#opening.values()) reject(new Error(reason));
    this.#opening.clear();
    this.#work.close(reason);
    for (const pty of this.#ptys.values()) pty.exited({ code: null, signal: 'SIGKILL' });
    this.#ptys.clear();
    this.#terminals.close();
    this.#launched.work.destroy();
  }

  #explain(): string {
    const complaint = printable(this.#launched.complaint(), COMPLAINT_CHARACTERS);
    return complaint ? `${this.#reason}: ${complaint}` : `${this.#reason}`;
  }
}
