/** `npm run owner-link`: prints another owner link, beside a running server or without one. */
import { formatProblems, readConfig } from '../config.ts';
import { wallClock as clock } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import { ownerLink } from '../people/links.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';

const result = readConfig(process.env);
if (result.ok) {
  const { data, origin } = result.config;
  await using store = await openSqliteStore({ folder: data, clock, log: createLog('silent'), beside: true });
  process.stdout.write(`${await ownerLink({ store, clock, url: origin })}\n`);
} else {
  process.stderr.write(`${formatProblems(result.problems)}\n`);
  process.exitCode = 2;
}
