/**
 * `npm run doctor`: whether each wall of a shell stands on this computer, tried by a program in a sandbox
 * of its own, and what to do where one does not. `--json` prints it for a machine.
 */
import { fileURLToPath } from 'node:url';
import { formatProblems, readConfig } from '../config.ts';
import { loadLabs } from '../labs/loader.ts';
import { createLog } from '../lib/log.ts';
import { createBubblewrapDriver } from '../sandbox/bubblewrap.ts';
import { createProcessDriver } from '../sandbox/process.ts';
import type { Missing, SandboxDriver } from '../sandbox/sandbox.ts';
import { missingFor } from '../seats/services/host-programs.ts';
import { examine } from './doctor/examine.ts';
import { thisHost } from './doctor/host.ts';
import { inJson, inLines, isSound } from './doctor/print.ts';

const LABS = fileURLToPath(new URL('../../labs', import.meta.url));

const args = process.argv.slice(2);
const config = readConfig(process.env);
if (!config.ok) {
  process.stderr.write(`${formatProblems(config.problems)}\n`);
  process.exitCode = 1;
} else if (args.some((arg) => arg !== '--json')) {
  process.stderr.write('使い方 / Usage: npm run doctor [-- --json]\n');
  process.exitCode = 2;
} else {
  const log = createLog('silent');
  const create = config.config.sandbox === 'process' ? createProcessDriver : createBubblewrapDriver;
  const driver = create({ log });
  const companions = await missingForLabs(driver);
  const walls = await examine({
    driver,
    host: { ...thisHost, data: config.config.data, companions },
    asRoot: process.getuid?.() === 0,
  });
  process.stdout.write(`${(args.length > 0 ? inJson : inLines)(walls, driver.name)}\n`);
  process.exitCode = isSound(walls) ? 0 : 1;
}

/** Each program once, however many labs need it. */
async function missingForLabs(driver: SandboxDriver): Promise<readonly Missing[]> {
  const services = [...(await loadLabs(LABS)).values()].flatMap(({ facts }) => facts.services);
  const absent = services.map((service) => missingFor(service, driver.name));
  return [...new Set(absent)].filter((each) => each !== null);
}
