/** Runs vitest, whose own reporter talks to the person, and counts from its JSON report. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environment, nodeOf } from '../../../server/cli/bootstrap/node.mjs';
import { run } from '../../../server/cli/bootstrap/run.mjs';

/**
 * @param {string} root
 * @param {readonly string[]} filters as vitest takes them; empty for every test
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runVitest(root, filters) {
  const report = join(root, '.cache', 'vitest.json');
  rmSync(report, { force: true });
  const vitest = join(root, 'node_modules', '.bin', 'vitest');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await run(nodeOf(root), [vitest, 'run', ...reporters, ...filters], {
    cwd: root,
    env: environment(root),
    show: true,
  });
  return countOf(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, code);
}

/**
 * A file that could not be read has no test in it, and an error outside of every test is in no count:
 * neither may pass for success.
 * @param {{ numPassedTests: number, numFailedTests: number,
 *   testResults: readonly { status: string, assertionResults: readonly { status: string }[] }[] } | null} report
 * @param {number} code vitest's exit code
 */
export function countOf(report, code) {
  const passed = report?.numPassedTests ?? 0;
  const broken = (report?.testResults ?? []).filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = (report?.numFailedTests ?? 0) + broken.length;
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
}
