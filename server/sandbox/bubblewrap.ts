/**
 * The bubblewrap driver: a sandbox is a bwrap process with an agent inside, as a host user without
 * rights. It must not know what the sandbox is used for.
 */
import { accessSync, constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { compileAgent } from './agent-program.ts';
import { AgentSandbox } from './agent-sandbox.ts';
import { agentText } from './agent-text.ts';
import { Cgroup, type CgroupParent, findCgroupParents } from './cgroup.ts';
import { buildEnvironment } from './environment.ts';
import { explainFailure, MISSING_BWRAP, MISSING_MACHINE, MISSING_PYTHON, NO_CGROUP } from './host-check.ts';
import { launch } from './launch.ts';
import { rlimits } from './rlimits.ts';
import { type HostFacts, planRoot } from './rootfs.ts';
import { Rounds } from './rounds.ts';
import type {
  Missing,
  PreparedSandbox,
  Sandbox,
  SandboxDriver,
  SandboxShape,
  SandboxSpec,
} from './sandbox.ts';
import { seccompFilter } from './seccomp.ts';
import { homeFilesOf, shapeOf } from './shape.ts';
import { sweepHost } from './sweep.ts';
import { syscallTable } from './syscalls.ts';
import { TerminalPool, TOOK_TERMINALS } from './terminal-pool.ts';
import { UidPool } from './uids.ts';

const BWRAP = '/usr/bin/bwrap';
const PYTHON = '/usr/bin/python3';
/** Host users from here on belong to nobody on Debian and Ubuntu: above people and system users. */
const FIRST_UID = 200_000;
/** An agent that has not greeted by then will not: the host is stuck, or bwrap is. */
const START_MS = 20_000;
const PROBE: SandboxSpec = {
  id: 'probe',
  memoryMiB: 128,
  pids: 16,
  homeMiB: 8,
  env: {},
  files: [],
  home: null,
};

export interface BubblewrapOptions {
  readonly log: Log;
  /** The text of the agent; ours when absent. A test gives a hostile one. */
  readonly agent?: string;
  /** The first host user that a server run by root gives to a sandbox. */
  readonly firstUid?: number;
}

export function createBubblewrapDriver({
  log,
  firstUid = FIRST_UID,
  agent = agentText(),
}: BubblewrapOptions): SandboxDriver {
  const table = syscallTable(process.arch);
  const host: HostFacts = {
    bashrc: readFileSync(new URL('./inside/bashrc', import.meta.url), 'utf8'),
    alternatives: readAlternatives(),
  };
  const uids = new UidPool(firstUid);
  const rounds = new Rounds();
  const terminals = new TerminalPool(rounds);
  const asRoot = process.getuid?.() === 0;
  /** Looked for once, when the first sandbox is made: null is an answer too. */
  let parents: readonly CgroupParent[] | null | undefined;
  const cgroupParents = (): readonly CgroupParent[] | null => {
    if (parents !== undefined) return parents;
    const { left, ...ended } = sweepHost({ firstUid: asRoot ? firstUid : null });
    if (left.length > 0) log.warn({ left }, 'control groups of a server that was killed stay behind');
    log.debug(ended, 'the host has been swept');
    parents = findCgroupParents();
    return parents;
  };

  /** Once for all sandboxes; after a failure it is tried again. */
  let program: Promise<Uint8Array> | null = null;
  function compiled(): Promise<Uint8Array> {
    program ??= compileAgent(PYTHON, agent).catch((error: unknown) => {
      program = null;
      throw error;
    });
    return program;
  }

  async function start(id: string, shape: SandboxShape): Promise<AgentSandbox> {
    if (!table) throw new Error(`no system call filter has been written for ${process.arch}`);
    const plan = planRoot(shape, host);
    const code = await compiled();
    // First: what is swept away no longer counts against a block of users.
    const groups = cgroupParents();
    const uid = asRoot ? uids.take() : null;
    let cgroup: Cgroup | null = null;
    let arrived = (): void => undefined;
    let greedy = false;
    let unwatch = (): void => undefined;
    const cleanUp = async (): Promise<string | null> => {
      unwatch();
      const starved = cgroup?.ranOutOfMemory() ?? false;
      try {
        await cgroup?.remove();
        if (uid !== null) uids.give(uid);
      } catch (error) {
        // Its processes may still be there: their user is not given to another sandbox.
        log.error({ err: error }, 'control group left behind');
      }
      if (greedy) return TOOK_TERMINALS;
      return starved ? 'the sandbox ran out of memory' : null;
    };
    let sandbox: AgentSandbox;
    try {
      cgroup = groups ? new Cgroup(groups, id, shape) : null;
      arrived = cgroup?.hurry() ?? arrived;
      const launched = await launch({
        ...{ bwrap: BWRAP, uid, plan, environment: buildEnvironment({}), seccomp: seccompFilter(table) },
        ...{ python: PYTHON, agent: code },
        rlimits: cgroup ? '' : rlimits(shape, uid),
        confine: (pid) => cgroup?.add(pid),
      });
      const end = (): void => {
        greedy = true;
        launched.child.kill('SIGKILL');
      };
      unwatch = terminals.add({ pid: launched.pid, end });
      const meter = cgroup?.meter() ?? null;
      sandbox = new AgentSandbox({ launched, limits: shape, meter, rounds, cleanUp });
    } catch (error) {
      await cleanUp();
      throw error;
    }
    try {
      await greeted(sandbox);
      arrived();
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
    void sandbox.ended.then(({ reason }) => log.debug({ sandbox: id, reason }, 'sandbox ended'));
    return sandbox;
  }

  async function create(spec: SandboxSpec): Promise<Sandbox> {
    buildEnvironment(spec.env); // what is refused is refused before anything starts
    return await dress(await start(spec.id, shapeOf(spec)), spec);
  }

  async function prepare(shape: SandboxShape): Promise<PreparedSandbox> {
    const sandbox = await start(newId(), shape);
    return {
      ended: sandbox.ended,
      dress: (spec) => dress(sandbox, spec),
      [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
    };
  }

  async function check(): Promise<readonly Missing[]> {
    if (!table) return [MISSING_MACHINE];
    const absent = [
      ...(isExecutable(BWRAP) ? [] : [MISSING_BWRAP]),
      ...(isExecutable(PYTHON) ? [] : [MISSING_PYTHON]),
    ];
    if (absent.length > 0) return absent;
    try {
      await using sandbox = await create(PROBE);
      const { code } = await sandbox.exec({ argv: ['/bin/true'], timeoutMs: 5000, maxBytes: 1024 });
      return code === 0 ? [] : [explainFailure(`/bin/true: ${code}`)];
    } catch (error) {
      return [explainFailure(error instanceof Error ? error.message : String(error))];
    }
  }

  return {
    name: 'bubblewrap',
    check,
    weaknesses: () => Promise.resolve(cgroupParents() ? [] : [NO_CGROUP]),
    create,
    prepare,
  };
}

/** What differs from one seat to the next: environment, home, and files in it. */
async function dress(sandbox: AgentSandbox, spec: SandboxSpec): Promise<Sandbox> {
  try {
    await sandbox.dress(buildEnvironment(spec.env));
    if (spec.home) await sandbox.restoreHome(spec.home);
    await sandbox.writeFiles(homeFilesOf(spec));
    return sandbox;
  } catch (error) {
    // One that has ended by itself knows better why than what was under way.
    const endedItself = sandbox.gone;
    await sandbox[Symbol.asyncDispose]();
    throw endedItself ? new Error((await sandbox.ended).reason, { cause: error }) : error;
  }
}

async function greeted(sandbox: AgentSandbox): Promise<void> {
  const cancel = new AbortController();
  const tooLong = delay(START_MS, 'too long' as const, { signal: cancel.signal, ref: false }).catch(
    () => 'ready',
  );
  const first = await Promise.race([sandbox.ready.then(() => 'ready' as const), sandbox.ended, tooLong]);
  cancel.abort();
  if (typeof first === 'object') throw new Error(first.reason);
  if (first === 'too long') throw new Error(`the sandbox has not started within ${START_MS} ms`);
}

/** Programs such as awk and editor are links through /etc/alternatives; their manual pages are not needed. */
function readAlternatives(): ReadonlyMap<string, string> {
  const folder = '/etc/alternatives';
  try {
    const links = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => [name, readlinkSync(`${folder}/${name}`)] as const)
      .filter(([, target]) => target.startsWith('/usr/') && !target.endsWith('.gz'));
    return new Map(links);
  } catch {
    // A host without alternatives needs no links to them.
    return new Map();
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
