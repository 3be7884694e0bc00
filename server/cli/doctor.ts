/** `npm run doctor`: whether shells can run here, what is weaker than it could be, and what to do about it. */
import { formatProblems, readConfig } from '../config.ts';
import { createLog } from '../lib/log.ts';
import { createBubblewrapDriver } from '../sandbox/bubblewrap.ts';
import { createProcessDriver } from '../sandbox/process.ts';
import { reportHost } from './host-report.ts';

const result = readConfig(process.env);
if (result.ok) {
  const log = createLog('silent');
  const create = result.config.sandbox === 'process' ? createProcessDriver : createBubblewrapDriver;
  const { ok, text } = await reportHost(create({ log }));
  process.stdout.write(`${text}\n`);
  process.exitCode = ok ? 0 : 1;
} else {
  process.stderr.write(`${formatProblems(result.problems)}\n`);
  process.exitCode = 1;
}
