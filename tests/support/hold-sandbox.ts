/** Opens a sandbox, starts `sleep $MARK` in it, and stays: for tests of what a killed server leaves behind. */
import { setTimeout as delay } from 'node:timers/promises';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { specOf } from './sandbox.ts';

const driver = createBubblewrapDriver({ log: silentLog });
const missing = await driver.check();
const weaknesses = await driver.weaknesses();
const sandbox = await driver.create(specOf());
await sandbox.openPty({ cols: 80, rows: 24, argv: ['/bin/sleep', process.env.MARK ?? '1'] });
console.log(JSON.stringify({ missing: missing.length, weaknesses: weaknesses.length }));
await delay(600_000);
