/** The packages of package-lock.json, exactly, with install scripts off. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOfNpm } from './node.mjs';
import { RunFailed, run } from './run.mjs';
import { during } from './say.mjs';

/** @param {string} root */
export async function installDependencies(root) {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, 'node_modules', '.dojou-stamp');
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!installedAlready(root, lock)) await npmCi(root);
  writeFileSync(stamp, wanted);
}

/** @param {string} root */
function npmCi(root) {
  return during('部品を入れています(1分ほど)', 'installing packages (about a minute)', async () => {
    const { code, output } = await run('npm', ['ci', '--ignore-scripts'], {
      cwd: root,
      env: environmentOfNpm(root),
    });
    if (code === 0) return;
    throw new RunFailed(
      '部品を入れられませんでした。通信をたしかめて、もう一度どうぞ',
      'the packages could not be installed; check the network and try again',
      output,
    );
  });
}

/**
 * Whether npm's own record of what it installed last is what the lockfile asks for, so that who ran
 * `npm ci` by hand does not wait for a second one. npm writes that record when it has finished.
 * @param {string} root
 * @param {string} lock
 */
export function installedAlready(root, lock) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesOf(readFileSync(record, 'utf8'));
  return Object.entries(packagesOf(lock)).every(([path, wanted]) => {
    const found = installed[path];
    if (path === '') return true; // the clone itself
    if (!found) return wanted.optional === true; // another platform's
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/**
 * @param {string} text
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }>}
 */
function packagesOf(text) {
  return JSON.parse(text).packages ?? {};
}
