/** The proofs that are not tests: format and lint, types, prose. Two run at a time. */
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { environment, nodeOf } from '../../../server/cli/bootstrap/node.mjs';
import { run } from '../../../server/cli/bootstrap/run.mjs';

const AT_ONCE = 2; // cores of the smallest machine that runs this
const SHOWN_LINES = 400;

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly [string, ...string[]]} command a program of node_modules
 */

/** @type {readonly Step[]} */
export const STEPS = [
  // Pages, modules, tests and the plain JavaScript alike: all that the root tsconfig includes.
  { name: 'types', command: ['astro', 'check', '--minimumSeverity', 'warning'] },
  { name: 'format and lint', command: ['biome', 'ci', '--diagnostic-level=error', '--max-diagnostics=60'] },
  { name: 'types of the protocol', command: ['tsc', '--noEmit', '-p', 'server/protocol'] },
  { name: 'prose', command: ['textlint', 'content/**/!(*.en).mdx', 'labs/**/!(*.en).mdx'] },
];

/**
 * @param {string} root
 * @param {readonly Step[]} steps
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runSteps(root, steps) {
  const waiting = [...steps];
  const count = { passed: 0, failed: 0 };
  const work = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      count[(await runStep(root, step)) ? 'passed' : 'failed'] += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return count;
}

/**
 * @param {string} root
 * @param {Step} step
 */
async function runStep(root, step) {
  const begun = Date.now();
  const [program, ...args] = step.command;
  const path = join(root, 'node_modules', '.bin', program);
  const { code, output } = await run(nodeOf(root), [path, ...args], {
    cwd: root,
    env: environment(root),
    lines: SHOWN_LINES,
  });
  // Some colour their output wherever it goes.
  const readable = process.stdout.isTTY ? output : stripVTControlCharacters(output);
  if (code !== 0) console.log(`${readable.trimEnd()}\n${step.command.join(' ')}: ${code}`);
  console.log(`${code === 0 ? '✓' : '✗'} ${step.name} (${Math.round((Date.now() - begun) / 1000)} s)`);
  return code === 0;
}
