/**
 * `npm run test:escape [-- --json] [id…]`: every attempt, as root and as an ordinary user; with --json one
 * line per host user.
 */
import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Walled } from './held.ts';
import { AS_ROOT, CLONE, Host } from './host.ts';
import { ATTEMPTS, type Result, runSuite } from './suite.ts';

/** An ordinary user that belongs to nobody. */
const ORDINARY = 64_321;
const KINDS = ['held', 'escaped', 'unproven', 'notApplicable'] as const;

const flags = process.argv.slice(2).filter((arg) => arg.startsWith('--'));
const ids = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const json = flags.includes('--json');

const here = await run();
show(here);
let failed = isBad(here);
if (AS_ROOT && !flags.includes('--root-only')) failed = (await asOrdinary()) || failed;
else if (!AS_ROOT && !flags.includes('--child')) {
  console.error('This user is not root: what only root’s sandboxes can show was not tried.');
}
process.exitCode = failed ? 1 : 0;

async function run(): Promise<Result> {
  await using host = await Host.start();
  await using walls = await Walled.start(host);
  return await runSuite(
    walls,
    { disk: host.facts.disk },
    ids.length > 0 ? ATTEMPTS.filter(({ id }) => ids.includes(id)) : ATTEMPTS,
  );
}

function count({ verdicts }: Result, kind: (typeof KINDS)[number]): number {
  return [...verdicts.values()].filter(({ is }) => is === kind).length;
}

function isBad(result: Result): boolean {
  return count(result, 'escaped') + count(result, 'unproven') > 0;
}

function show(result: Result): void {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, count(result, kind)]));
  if (json) {
    console.log(JSON.stringify({ user: result.user, attempts: result.verdicts.size, ...counts }));
    for (const [id, verdict] of result.verdicts) {
      if (verdict.is === 'escaped' || verdict.is === 'unproven')
        console.error(`${id}: ${verdict.is}: ${verdict.why}`);
    }
    return;
  }
  console.log(`\n${result.user}`);
  for (const { id, says, walls } of ATTEMPTS) {
    const verdict = result.verdicts.get(id);
    if (!verdict) continue;
    const why = verdict.is === 'held' ? `by ${walls.join(', ')}` : verdict.why.trim();
    console.log(`${verdict.is.padEnd(14)}${id.padEnd(28)}${says}\n${' '.repeat(14)}${why}`);
  }
  console.log(
    `\n${result.verdicts.size} attempts: ${KINDS.map((kind) => `${counts[kind]} ${kind}`).join(', ')}`,
  );
}

/**
 * The same as a user without any right, in a process of its own; true when something is wrong. The clone
 * is bound to a place that this user may reach, wherever root keeps it; the mount ends with the process.
 */
async function asOrdinary(): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'dojou-escape-user-'));
  const clone = join(home, 'clone');
  mkdirSync(clone);
  for (const folder of [home, clone]) chownSync(folder, ORDINARY, ORDINARY);
  const there = (path: string): string =>
    path.startsWith(`${CLONE}/`) ? clone + path.slice(CLONE.length) : path;
  const script = `mount --bind "$1" "$2" && cd "$2" && shift 2 && exec setpriv --reuid ${ORDINARY} --regid ${ORDINARY} --clear-groups "$@"`;
  const program = [there(process.execPath), there(import.meta.filename), '--child', ...flags, ...ids];
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', CLONE, clone, ...program], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', HOME: home },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((done) => child.once('close', done));
  // Not with what is in it: if the mount were still there, that would be the clone.
  rmdirSync(clone);
  rmSync(home, { recursive: true, force: true });
  return code !== 0;
}
