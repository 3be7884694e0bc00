/**
 * The bootstrap brings a clone to the point where it can serve: packages, programs of the system, the
 * site. It knows no part of the server but the name of its entry; plain JavaScript that Node 20 runs.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './bootstrap/dependencies.mjs';
import { takeLock } from './bootstrap/lock.mjs';
import { nodeOf } from './bootstrap/node.mjs';
import { RunFailed } from './bootstrap/run.mjs';
import { say } from './bootstrap/say.mjs';
import { serve } from './bootstrap/serve.mjs';
import { serversOfLabs } from './bootstrap/services.mjs';
import { buildSite } from './bootstrap/site.mjs';
import { FOR_SHELLS, installPrograms } from './bootstrap/system.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {{ programs: readonly import('./bootstrap/system.mjs').Program[], servers?: boolean, site: boolean }} wanted
 *   `servers`: also those that labs of this clone ask for
 * @returns {Promise<readonly import('./bootstrap/system.mjs').Program[]>} the programs that are still missing
 */
export async function prepare(wanted, root = ROOT) {
  const release = await takeLock(join(root, '.cache', 'bootstrap.lock'));
  try {
    await installDependencies(root);
    const servers = wanted.servers ? await serversOfLabs(root) : [];
    const missing = await installPrograms([...wanted.programs, ...servers]);
    if (wanted.site) await buildSite(root);
    return missing;
  } finally {
    release();
  }
}

/**
 * Runs `work`, turning what can go wrong on a person's machine into a message and an exit code.
 * @param {() => Promise<number>} work resolves to the exit code
 */
export async function exitWith(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof RunFailed)) throw error;
    say(error.ja, error.en);
    if (error.output) console.error(error.output);
    process.exitCode = 1;
  }
}

const SKIP_SYSTEM = '--skip-system';

/** @param {readonly string[]} args */
export function start(args) {
  return exitWith(async () => {
    const unknown = args.find((arg) => arg !== SKIP_SYSTEM);
    if (unknown !== undefined) {
      say(
        `「${unknown}」は使えません。使えるのは ${SKIP_SYSTEM} です`,
        `"${unknown}" is unknown; there is ${SKIP_SYSTEM}`,
      );
      return 2;
    }
    const system = !args.includes(SKIP_SYSTEM);
    await prepare({ programs: system ? FOR_SHELLS : [], servers: system, site: true });
    return serve(nodeOf(ROOT), [join('server', 'main.ts')], ROOT);
  });
}
