/** The proofs that are not tests: format and lint, types, prose. Two run at a time. */
import { join } from 'node:path';
import { environment, nodeOf } from '../../../server/cli/bootstrap/node.mjs';
import { run } from '../../../server/cli/bootstrap/run.mjs';

const AT_ONCE = 2; // cores of the smallest machine that runs this
const SHOWN_LINES = 400;

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly (readonly string[])[]} commands one after the other, programs of node_modules
 */

/** @type {readonly Step[]} */
export const STEPS = [
  // `astro check` writes the types of the content that `tsc` then needs.
  {
    name: 'types',
    commands: [
      ['astro', 'check', '--minimumSeverity', 'warning'],
      ['tsc', '--noEmit'],
    ],
  },
  {
    name: 'format and lint',
    commands: [['biome', 'ci', '--diagnostic-level=error', '--max-diagnostics=60']],
  },
  { name: 'types of the protocol', commands: [['tsc', '--noEmit', '-p', 'server/protocol']] },
  { name: 'prose', commands: [['textlint', 'content/**/!(*.en).mdx', 'labs/**/!(*.en).mdx']] },
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
  let passed = true;
  for (const [program = '', ...args] of step.commands) {
    const path = join(root, 'node_modules', '.bin', program);
    const { code, output } = await run(nodeOf(root), [path, ...args], {
      cwd: root,
      env: environment(root),
      lines: SHOWN_LINES,
    });
    if (code !== 0) console.log(`${output.trimEnd()}\n${[program, ...args].join(' ')}: ${code}`);
    passed &&= code === 0;
  }
  console.log(`${passed ? '✓' : '✗'} ${step.name} (${Math.round((Date.now() - begun) / 1000)} s)`);
  return passed;
}
