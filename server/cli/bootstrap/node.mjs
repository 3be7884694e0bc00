/** Which Node runs what, and with which environment. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RunFailed } from './run.mjs';

const RUNS_TYPESCRIPT = 24; // the first long-term release that strips types without a flag and a warning

/**
 * The locked Node of this clone; where there is none for the platform, a new enough one of the machine.
 * @param {string} root
 */
export function nodeOf(root) {
  const locked = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(locked)) return locked;
  if (Number.parseInt(process.versions.node, 10) >= RUNS_TYPESCRIPT) return process.execPath;
  throw new RunFailed(
    `この種類のマシンには Node が付いていないので、Node ${RUNS_TYPESCRIPT} 以上を入れてください`,
    `there is no bundled Node for this kind of machine: please install Node ${RUNS_TYPESCRIPT} or newer`,
  );
}

/**
 * Programs of node_modules first, as npm itself does; no question to and no report about the person.
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(root) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  const colour = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined };
  return { ...process.env, ...colour, PATH: path, ASTRO_TELEMETRY_DISABLED: '1' };
}

/**
 * The environment for npm itself, which must not run by a Node that it is about to replace.
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentOfNpm(root) {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
    .join(delimiter);
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PATH: path, npm_config_update_notifier: 'false' };
  // `npm --prefix CLONE start` hides the machine's own npm settings, a company's certificate among them.
  if (env.npm_config_prefix === root) for (const name of SET_BY_PREFIX) delete env[name];
  return env;
}

const SET_BY_PREFIX = ['npm_config_prefix', 'npm_config_global_prefix', 'npm_config_globalconfig'];
