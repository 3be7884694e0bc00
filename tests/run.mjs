/**
 * `npm test` and `npm run check`: what CI runs, on a fresh clone too. Plain JavaScript that Node 20 runs.
 * The last line counts: one per test and one per step that is not a test file.
 */

import { RunFailed } from '../server/cli/bootstrap/run.mjs';
import { FOR_SHELLS, FOR_TESTS } from '../server/cli/bootstrap/system.mjs';
import { exitWith, prepare, ROOT } from '../server/cli/bootstrap.mjs';
import { runSteps, STEPS } from './support/runner/steps.mjs';
import { runVitest } from './support/runner/vitest.mjs';

const QUICK_TESTS = ['tests/unit', 'tests/architecture.test.ts'];

const args = process.argv.slice(2);
const has = (/** @type {string} */ flag) => args.includes(flag);
const files = args.filter((arg) => !['--check', '--full', '--skip-system'].includes(arg));

const begun = Date.now();
const count = { passed: 0, failed: 0 };

await exitWith(async () => {
  try {
    if (has('--full')) process.env.DOJOU_TEST_FULL = '1';
    await ready();
    if (files.length === 0) add(await runSteps(ROOT, STEPS));
    add(await runVitest(ROOT, files.length === 0 && has('--check') ? QUICK_TESTS : files));
  } catch (error) {
    add({ passed: 0, failed: 1 });
    if (!(error instanceof RunFailed)) throw error;
    console.error([error.output, `${error.ja} / ${error.en}`].join('\n'));
  }
  return count.failed > 0 || count.passed === 0 ? 1 : 0;
});

console.log(`${Math.round((Date.now() - begun) / 1000)} s`);
console.log(`${count.passed} passed, ${count.failed} failed`);

/** `check` needs neither a browser nor the site; the rest cannot do without either. */
async function ready() {
  const whole = !has('--check');
  const programs = whole && !has('--skip-system') ? [...FOR_SHELLS, ...FOR_TESTS] : [];
  const missing = await prepare({ programs, site: whole });
  if (missing.length === 0) return;
  const names = missing.map((program) => program.package).join(', ');
  throw new RunFailed(`テストには ${names} が要ります`, `the tests need ${names}`);
}

/** @param {{ passed: number, failed: number }} more */
function add({ passed, failed }) {
  count.passed += passed;
  count.failed += failed;
}
