import type { Duplex } from 'node:stream';
import type { ServiceView } from '#protocol/seat.ts';
import type { Service } from '../../../labs/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import { newId } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import type { Pty, Sandbox, SandboxDriver } from '../../sandbox/sandbox.ts';
import { answersOk, takesConnections } from './health.ts';
import { LogTail } from './log-tail.ts';
import { type Program, Unusable } from './program.ts';

/** While it starts: the first look comes soon, later ones less often. */
const FIRST_LOOK_MS = 20;
const STARTING_LOOK_MS = 250;
const HEALTHY_LOOK_MS = 5_000;
const UNHEALTHY_LOOK_MS = 1_000;
/** Failed looks in a row: one alone may be a moment's load. */
const FAILURES = 3;
/** What has not begun to answer by then is called unhealthy; it is looked at all the same. */
const START_MS = 30_000;
/** A program that ends is started again so often within ten minutes, after these pauses. */
const RESTART_AFTER_MS = [200, 2_000, 10_000] as const;
const RESTARTS_WITHIN_MS = 10 * 60_000;
/** A connection of the learner's waits this long for a service that is on its way. */
const PATIENCE_MS = 10_000;
const LOG_COLUMNS = 200;

export interface CompanionDeps {
  readonly driver: SandboxDriver;
  readonly clock: Clock;
  readonly log: Log;
  readonly stateChanged: () => void;
  readonly logChanged: () => void;
}

/** A service of a seat, in a sandbox of its own: started, looked after, started again. */
export class Companion implements AsyncDisposable {
  readonly service: Service;
  readonly #deps: CompanionDeps;
  readonly #program: () => Program;
  readonly #tail = new LogTail();
  readonly #ends: number[] = [];
  readonly #cancel = new AbortController();
  readonly #life: Promise<void>;
  #state: ServiceView['state'] = 'starting';
  #sandbox: Sandbox | null = null;
  #prepared = false;
  #decided = Promise.withResolvers<void>();

  constructor(service: Service, program: () => Program, deps: CompanionDeps) {
    this.service = service;
    this.#program = program;
    this.#deps = deps;
    this.#life = this.#live();
  }

  get state(): ServiceView['state'] {
    return this.#state;
  }

  get log(): string {
    return this.#tail.text;
  }

  /** To its port; waits for one that is starting, and rejects when it is not to be reached. */
  async connect(): Promise<Duplex> {
    if (this.#state === 'starting') await Promise.race([this.#decided.promise, this.#pause(PATIENCE_MS)]);
    if (this.#sandbox === null || this.#state === 'starting')
      throw new Error(`${this.service.id} does not run`);
    return this.#sandbox.connect(this.service.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancel.abort();
    await this.#sandbox?.[Symbol.asyncDispose]();
    await this.#life;
  }

  async #live(): Promise<void> {
    const { signal } = this.#cancel;
    while (!signal.aborted) {
      try {
        await this.#runOnce();
      } catch (error) {
        if (signal.aborted) break;
        this.#say(error instanceof Error ? error.message : String(error));
        if (error instanceof Unusable) break;
        this.#deps.log.warn({ err: error, service: this.service.id }, 'a service could not be started');
      }
      const wait = this.#pauseBeforeNext();
      if (signal.aborted || wait === null) break;
      this.#become('starting');
      await this.#pause(wait);
    }
    this.#become('ended');
    await this.#sandbox?.[Symbol.asyncDispose]();
  }

  /** From start to end of the program; the sandbox, and what the program has written there, stays. */
  async #runOnce(): Promise<void> {
    const program = this.#program();
    // One that was never made ready is not gone on with: nobody knows how far it came.
    if (!this.#prepared) await this.#sandbox?.[Symbol.asyncDispose]();
    const sandbox = this.#sandbox ?? (await this.#makeSandbox(program));
    if (this.#cancel.signal.aborted) return;
    const pty = await sandbox.openPty({ cols: LOG_COLUMNS, rows: 24, argv: program.argv });
    const ended = this.#follow(pty);
    const gone = sandbox.ended.then(({ reason }) => {
      if (!this.#cancel.signal.aborted) this.#say(reason);
    });
    const over = new AbortController();
    const end = Promise.race([ended, gone]).finally(() => over.abort());
    try {
      await Promise.race([this.#watch(sandbox, program, over.signal), end]);
      await end;
    } catch (error) {
      pty.kill('SIGKILL');
      await end;
      throw error;
    }
  }

  async #makeSandbox(program: Program): Promise<Sandbox> {
    const { memoryMiB, pids, homeMiB } = this.service;
    const sandbox = await this.#deps.driver.create({
      id: newId(),
      ...{ memoryMiB, pids, homeMiB, env: {} },
      files: program.files,
      home: await program.home(),
    });
    this.#sandbox = sandbox;
    this.#prepared = false;
    void sandbox.ended.then(() => {
      if (this.#sandbox === sandbox) this.#sandbox = null;
    });
    if (this.#cancel.signal.aborted) await sandbox[Symbol.asyncDispose]();
    return sandbox;
  }

  #follow(pty: Pty): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    pty.onData((chunk) => {
      this.#tail.push(chunk);
      this.#deps.logChanged();
    });
    pty.onExit(({ code, signal }) => {
      if (!this.#cancel.signal.aborted) this.#say(`ended: ${signal ?? code}`);
      resolve();
    });
    return promise;
  }

  /** Looks at it until it has ended. */
  async #watch(sandbox: Sandbox, program: Program, over: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const since = clock.now();
    let failures = 0;
    let look = FIRST_LOOK_MS;
    while (!(over.aborted || (await takesConnections(sandbox, this.service.port)))) {
      if (clock.now() - since > START_MS) this.#become('unhealthy');
      await this.#pause(look);
      look = Math.min(look * 2, STARTING_LOOK_MS);
    }
    if (!(this.#prepared || over.aborted)) await program.prepare(sandbox);
    if (!over.aborted) this.#prepared = true;
    while (!over.aborted) {
      const well = await this.#isWell(sandbox, program);
      if (over.aborted) return;
      failures = well ? 0 : failures + 1;
      if (well) this.#become('healthy');
      else if (failures >= FAILURES) this.#become('unhealthy');
      await this.#pause(this.#lookAgainAfter());
    }
  }

  async #isWell(sandbox: Sandbox, program: Program): Promise<boolean> {
    const { port, health } = this.service;
    try {
      const open =
        health === undefined ? await takesConnections(sandbox, port) : await answersOk(sandbox, port, health);
      return open && (await program.answers(sandbox));
    } catch {
      return false; // the sandbox has ended meanwhile, which is told elsewhere
    }
  }

  #lookAgainAfter(): number {
    if (this.#state === 'healthy') return HEALTHY_LOOK_MS;
    return this.#state === 'starting' ? STARTING_LOOK_MS : UNHEALTHY_LOOK_MS;
  }

  /** Null when it has ended too often. */
  #pauseBeforeNext(): number | null {
    const now = this.#deps.clock.now();
    const lately = this.#ends.filter((at) => now - at < RESTARTS_WITHIN_MS);
    this.#ends.splice(0, this.#ends.length, ...lately, now);
    return RESTART_AFTER_MS[lately.length] ?? null;
  }

  /** A line of ours in its log. */
  #say(text: string): void {
    this.#tail.add(`\n[dojou] ${text.trim()}\n`);
    this.#deps.logChanged();
  }

  #become(state: ServiceView['state']): void {
    // That it ends with its seat is no news.
    if (this.#state === state || this.#cancel.signal.aborted) return;
    if (this.#state === 'starting') this.#decided.resolve();
    if (state === 'starting') this.#decided = Promise.withResolvers();
    this.#state = state;
    this.#deps.stateChanged();
  }

  /** Ends early when the companion does. */
  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { signal } = this.#cancel;
    const wake = () => resolve();
    const cancel = this.#deps.clock.after(ms, wake);
    signal.addEventListener('abort', wake, { once: true });
    return promise.finally(() => {
      cancel();
      signal.removeEventListener('abort', wake);
    });
  }
}
