/** The attempts inside real sandboxes of the real driver, beside a neighbour. */
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import type { Sandbox, SandboxDriver, SandboxSpec } from '../../server/sandbox/sandbox.ts';
import { specOf } from '../support/sandbox.ts';
import type { Attempt } from './attempt.ts';
import { AS_ROOT, type Host, inside, PYTHON } from './host.ts';
import { evidenceOf, hasBegun } from './outcome.ts';

/** Users of this run alone: others may be running on this host. */
const FIRST_UID = 300_000 + (process.pid % 10_000) * 10_000;
const OUTPUT_BYTES = 4 * 1024 * 1024;
/** Without control groups a program may map this much at least (server/sandbox/rlimits.ts). */
const LEAST_ADDRESS_SPACE_MIB = 1024;

export type Tried =
  | { readonly is: 'held' }
  | { readonly is: 'escaped'; readonly evidence: string }
  | { readonly is: 'not begun'; readonly output: string };

export class Walled implements AsyncDisposable {
  readonly #host: Host;
  readonly #driver: SandboxDriver;
  #limited = false;
  readonly #owned = new AsyncDisposableStack();
  #shared: Promise<{ readonly sandbox: Sandbox; readonly spec: SandboxSpec }> | null = null;

  /** `agent`: another one than ours, for a test of the suite itself. */
  static async start(host: Host, agent?: string): Promise<Walled> {
    const driver = createBubblewrapDriver({ log: silentLog, firstUid: FIRST_UID, ...(agent && { agent }) });
    const walled = new Walled(host, driver);
    walled.#limited = (await driver.weaknesses()).length === 0;
    await walled.#neighbour();
    return walled;
  }

  private constructor(host: Host, driver: SandboxDriver) {
    this.#host = host;
    this.#driver = driver;
  }

  /** Whether control groups bound all processes of a sandbox together. */
  get limited(): boolean {
    return this.#limited;
  }

  /** Attempts that may run at the same time: without control groups they share a count of processes. */
  get lanes(): number {
    return this.#limited ? 2 : 1;
  }

  async try(attempt: Attempt): Promise<Tried> {
    try {
      if (!attempt.alone) {
        this.#shared ??= this.#make({});
        return await this.#run(attempt, await this.#shared);
      }
      const own = await this.#make(attempt.alone === true ? {} : attempt.alone);
      await using _ = own.sandbox;
      return await this.#run(attempt, own);
    } catch (error) {
      return { is: 'not begun', output: String(error) };
    }
  }

  async #run(attempt: Attempt, { sandbox, spec }: { sandbox: Sandbox; spec: SandboxSpec }): Promise<Tried> {
    const facts = { ...this.#host.facts, side: 'held', agent: 2, limits: limitsOf(spec, this.#limited) };
    const text = await this.#exec(sandbox, attempt, facts);
    if (text === null) {
      // Its own sandbox has ended before an answer: what happened on the host still counts.
      this.#shared = attempt.alone ? this.#shared : null;
    }
    await using further = new AsyncDisposableStack();
    const won = await attempt.server?.({
      sandbox,
      spec,
      said: text ?? '',
      folder: this.#host.folder,
      make: async (change, agent) => {
        const driver = agent
          ? createBubblewrapDriver({ log: silentLog, firstUid: FIRST_UID + 5000, agent })
          : this.#driver;
        return further.use(await driver.create(specOf(change)));
      },
    });
    const stdout = `${text ?? 'BEGUN'}\n${won ? `WON ${JSON.stringify(won)}` : ''}`;
    const run = { stdout, effects: await this.#host.effects() };
    const evidence = evidenceOf(attempt, this.#host.secret, run);
    if (evidence !== null) return { is: 'escaped', evidence };
    return hasBegun(run) ? { is: 'held' } : { is: 'not begun', output: stdout.slice(-2000) };
  }

  /** What it printed, or null when the sandbox ended under it. */
  async #exec(sandbox: Sandbox, attempt: Attempt, facts: object): Promise<string | null> {
    try {
      const { stdout } = await sandbox.exec({
        argv: [PYTHON, '-I', '-S', '-', JSON.stringify(facts)],
        stdin: Buffer.from(`${inside('prelude.py')}\n${attempt.program}`),
        timeoutMs: (attempt.seconds ?? 10) * 1000,
        maxBytes: OUTPUT_BYTES,
      });
      return Buffer.from(stdout).toString('utf8');
    } catch (error) {
      if (!attempt.alone) throw error;
      return null;
    }
  }

  async #make(change: Partial<SandboxSpec>): Promise<{ sandbox: Sandbox; spec: SandboxSpec }> {
    const spec = specOf(change);
    return { spec, sandbox: this.#owned.use(await this.#driver.create(spec)) };
  }

  /** Another seat, with secrets in all the places in which a seat can have some. */
  async #neighbour(): Promise<void> {
    const { sandbox } = await this.#make({ env: { NEIGHBOUR: this.#host.secret } });
    const argv = [PYTHON, '-I', '-S', '-c', inside('neighbour.py'), this.#host.secret];
    const pty = await sandbox.openPty({ cols: 80, rows: 24, argv });
    await new Promise<void>((ready, fail) => {
      let said = '';
      pty.onData((chunk) => {
        said += Buffer.from(chunk).toString('utf8');
        if (said.includes('ready')) ready();
      });
      pty.onExit(() => fail(new Error(`the neighbour has ended: ${said}`)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** The limits as the promises of server/SPEC.md give them (WALL-10, WALL-11). */
export function limitsOf(
  spec: Pick<SandboxSpec, 'memoryMiB' | 'pids' | 'homeMiB'>,
  limited: boolean,
): object {
  return {
    memoryMiB: spec.memoryMiB,
    programMiB: limited ? spec.memoryMiB : Math.max(spec.memoryMiB, LEAST_ADDRESS_SPACE_MIB),
    pids: spec.pids,
    homeMiB: spec.homeMiB,
    tmpMiB: spec.memoryMiB / 8,
    shmMiB: spec.memoryMiB / 16,
    asRoot: AS_ROOT,
  };
}
