/** The static site: built when its sources changed, and put in place whole or not at all. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { environment, nodeOf } from './node.mjs';
import { RunFailed, run } from './run.mjs';
import { during } from './say.mjs';

/** Files and folders from which pages are made. */
export const SOURCES = [
  'astro.config.mjs',
  'content',
  'labs',
  'package-lock.json',
  'public',
  'server/protocol',
  'src',
  'tsconfig.json',
];

const STAMP = '.dojou-stamp';

/** @param {string} root */
export async function buildSite(root) {
  const wanted = stampOf(root);
  const site = join(root, 'dist');
  const stamp = join(site, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await during('サイトを組み立てています', 'building the site', async () => {
    const fresh = join(root, '.cache', 'site');
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    await astroBuild(root, fresh);
    writeFileSync(join(fresh, STAMP), wanted);
    swap(fresh, site, join(root, '.cache', 'site-before'));
  });
}

/**
 * @param {string} root
 * @param {string} into
 */
async function astroBuild(root, into) {
  const astro = join(root, 'node_modules', '.bin', 'astro');
  const { code, output } = await run(nodeOf(root), [astro, 'build', '--outDir', into], {
    cwd: root,
    env: environment(root),
  });
  if (code === 0) return;
  throw new RunFailed('サイトを組み立てられませんでした', 'the site could not be built', output);
}

/**
 * A crash between the two renames leaves no site, never half a one: the next start builds it.
 * @param {string} fresh
 * @param {string} place
 * @param {string} before
 */
function swap(fresh, place, before) {
  rmSync(before, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, before);
  renameSync(fresh, place);
  rmSync(before, { recursive: true, force: true });
}

/**
 * One hash over path, time of change and size of each source: a touched file costs a needless build,
 * reading every file would cost each start.
 * @param {string} root
 */
export function stampOf(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of filesBelow(root, source)) {
      const { mtimeMs, size } = statSync(join(root, path));
      hash.update(`${path}\0${mtimeMs}\0${size}\n`);
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {Generator<string>} in a fixed order
 */
function* filesBelow(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) yield path;
  else for (const name of readdirSync(join(root, path)).sort()) yield* filesBelow(root, `${path}/${name}`);
}
