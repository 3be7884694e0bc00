/**
 * Starts bwrap: as a user without rights, from an environment of nothing, inside its limits before its
 * first instruction, with everything it needs given through descriptors.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { RootPlan } from './rootfs.ts';

const MAX_OPEN_FILES = 1024;
/** What bwrap and the agent complain about is kept for the reason of an end: this much of it. */
const COMPLAINT_BYTES = 4096;
const PROGRAM_DESCRIPTOR = 7;
const FIRST_FILE_DESCRIPTOR = 8;
/** The agent comes by a descriptor too: a command line is seen by everybody in the sandbox. */
export const RUN_PROGRAM = `import marshal;exec(marshal.loads(open(${PROGRAM_DESCRIPTOR},'rb').read()))`;

/**
 * Waits for a line on descriptor 0, which comes once the process is within its limits. If the server
 * dies before, the line never comes, and nothing starts.
 */
const gate = (rlimits: string): string =>
  `ulimit -c 0; ulimit -n ${MAX_OPEN_FILES}; ${rlimits} read -r go || exit 1; exec "$0" "$@" </dev/null`;

export interface LaunchOptions {
  readonly bwrap: string;
  /** Host user and group to drop to; null keeps the server's own, which is not root's then. */
  readonly uid: number | null;
  readonly plan: RootPlan;
  readonly environment: Readonly<Record<string, string>>;
  readonly seccomp: Uint8Array;
  readonly python: string;
  /** The agent, compiled. */
  readonly agent: Uint8Array;
  /** `ulimit` commands, each ended by a semicolon, for hosts without cgroups. */
  readonly rlimits: string;
  /** Puts the process within its limits; the program starts after this has returned. */
  readonly confine: (pid: number) => void;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly terminals: Socket;
  readonly work: Socket;
  /** The end of what the processes wrote to standard error. */
  complaint(): string;
}

export async function launch(options: LaunchOptions): Promise<Launched> {
  const { plan } = options;
  const pipes: 'pipe'[] = Array.from({ length: FIRST_FILE_DESCRIPTOR - 3 + plan.files.length }, () => 'pipe');
  const python = [options.python, '-I', '-S', '-u', '-c', RUN_PROGRAM];
  const child = spawn('/bin/sh', ['-c', gate(options.rlimits), options.bwrap, '--args', '5', ...python], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe', ...pipes],
    ...(options.uid === null ? {} : { uid: options.uid, gid: options.uid }),
  });
  const complaint = keepTail(child);
  const pid = await spawned(child);
  const end = (index: number): Socket => {
    const pipe = child.stdio[index];
    if (!(pipe instanceof Socket)) throw new Error(`descriptor ${index} of the sandbox is no socket`);
    // A sandbox that has ended breaks its pipes; its exit says so, no stream has to.
    pipe.on('error', () => undefined);
    return pipe;
  };
  try {
    options.confine(pid);
    end(5).end(`${bwrapArguments(options).join('\0')}\0`);
    end(6).end(options.seccomp);
    end(PROGRAM_DESCRIPTOR).end(options.agent);
    plan.files.forEach((file, index) => {
      end(FIRST_FILE_DESCRIPTOR + index).end(file.content);
    });
    end(0).end('go\n');
    return { child, pid, terminals: end(3), work: end(4), complaint };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function bwrapArguments({ plan, environment }: LaunchOptions): string[] {
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent'],
    ...['--cap-drop', 'ALL', '--uid', '1000', '--gid', '1000', '--hostname', 'dojou', '--clearenv'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...plan.before,
    ...plan.files.flatMap((file, index) => [
      ...['--perms', file.mode.toString(8).padStart(4, '0')],
      ...['--file', String(FIRST_FILE_DESCRIPTOR + index), file.path],
    ]),
    ...plan.after,
    ...['--seccomp', '6'],
  ];
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      if (child.pid === undefined) reject(new Error('the sandbox has no process'));
      else resolve(child.pid);
    });
  });
}

function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-COMPLAINT_BYTES);
  });
  return () => tail.trim();
}
