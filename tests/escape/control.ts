/** The control: the same program with none of the walls, inside a guard that ends with it. */
import { spawn } from 'node:child_process';
import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { newId, newSecret } from '../../server/lib/ids.ts';
import { Cgroup, type CgroupParent, findCgroupParents } from '../../server/sandbox/cgroup.ts';
import { seccompFilter } from '../../server/sandbox/seccomp.ts';
import { syscallTable } from '../../server/sandbox/syscalls.ts';
import type { Attempt } from './attempt.ts';
import { AS_ROOT, type Facts, inside, PYTHON } from './host.ts';
import { evidenceOf, lackingOf } from './outcome.ts';
import type { Wall } from './walls.ts';

/** What a control may take of the host, whatever it does. */
const GUARD_LIMITS = { memoryMiB: 2048, pids: 4000 };
const GUARD_MS = 60_000;
/** Addresses of the world outside, which the guard has on its loopback. */
const WORLD = ['10.77.0.1', '169.254.169.254', '169.254.170.2', '192.0.2.53'];

const table = syscallTable(process.arch);
const FILTER = table ? seccompFilter(table) : new Uint8Array();

export type Control =
  | { readonly is: 'succeeded'; readonly evidence: string }
  | { readonly is: 'lacking'; readonly reason: string }
  | { readonly is: 'failed'; readonly output: string };

/** `wall`: the only one that stands around the program; none when absent. */
export async function control(attempt: Attempt, facts: Facts, wall: Wall | null = null): Promise<Control> {
  const secret = `dojou-secret-${newSecret()}`;
  const { stdout, complaint } = await inGuard({
    secret,
    asked: {
      secret,
      folder: '/srv/dojou',
      files: [
        ['/srv/dojou/open', 0o644],
        ['/srv/dojou/locked', 0o600],
        ['/root/locked', 0o600],
        ['/usr/dojou-escape-guard', 0o600],
      ],
      addresses: [
        ['169.254.169.254', 80, 'SOCK_STREAM'],
        ['169.254.170.2', 80, 'SOCK_STREAM'],
        ['192.0.2.53', 53, 'SOCK_DGRAM'],
      ],
      lan: WORLD[0],
    },
    lan: WORLD,
    facts,
    target: inside('target.py'),
    neighbour: inside('neighbour.py'),
    program: `${inside('prelude.py')}\n${attempt.program}`,
    careless: attempt.careless ? `${inside('prelude.py')}\n${attempt.careless}` : null,
    seconds: attempt.seconds ?? 10,
    user: attempt.controlUser ?? null,
    wall,
    filter: wall === null ? [] : [...FILTER],
  });
  if (!stdout.startsWith('{')) return { is: 'failed', output: complaint };
  const run = JSON.parse(stdout) as { stdout: string; stderr: string; effects: readonly string[] };
  const lacking = lackingOf(run);
  if (lacking !== null) return { is: 'lacking', reason: lacking };
  const evidence = evidenceOf(attempt, secret, run);
  return evidence === null
    ? { is: 'failed', output: `${run.stderr}\n${complaint}` }
    : { is: 'succeeded', evidence };
}

async function inGuard(order: object): Promise<{ stdout: string; complaint: string }> {
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--net', '--ipc', '--uts', '--cgroup'];
  const asUser = AS_ROOT ? [] : ['--user', '--map-root-user'];
  const guard = join(import.meta.dirname, 'inside/guard.py');
  const child = spawn(
    '/bin/sh',
    ['-c', 'read -r go && exec "$@"', 'sh', 'unshare', ...asUser, ...namespaces, PYTHON, '-I', '-S', guard],
    { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const kept = { stdout: '', complaint: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    kept.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    kept.complaint = (kept.complaint + text).slice(-4000);
  });
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const cgroup = confine(child.pid ?? 0);
  child.stdin.on('error', () => undefined);
  child.stdin.end(`go\n${JSON.stringify(order)}`);
  const timer = setTimeout(() => child.kill('SIGKILL'), GUARD_MS);
  await closed;
  clearTimeout(timer);
  await cgroup?.[Symbol.asyncDispose]();
  return kept;
}

/** Looked for once: undefined where there are none, too. */
let parents: readonly CgroupParent[] | undefined;

/** Memory and processes only: a group of the cpu controller would refuse real time, which is a control too. */
function confine(pid: number): AsyncDisposable | null {
  parents ??= findCgroupParents()?.filter(({ settings }) =>
    settings.some(({ file }) => file.startsWith('memory.') || file.startsWith('pids.')),
  );
  if (!parents) return null;
  const limiting = parents;
  const id = `guard-${newId()}`;
  const cgroup = new Cgroup(limiting, id, GUARD_LIMITS);
  cgroup.add(pid);
  return {
    async [Symbol.asyncDispose]() {
      // Groups that the attempt has made within; its processes have ended with the guard.
      const own = limiting.flatMap(({ path }) => foldersIn(path).filter((folder) => folder.endsWith(id)));
      for (const folder of own.flatMap(foldersIn)) rmdirSync(folder);
      await cgroup.remove();
    },
  };
}

function foldersIn(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}
