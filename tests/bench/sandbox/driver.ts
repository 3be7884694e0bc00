/** The driver alone, without a server: what a sandbox costs before anybody has a seat in it. */
import { newId } from '../../../server/lib/ids.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../../server/sandbox/bubblewrap.ts';
import type { Sandbox, SandboxDriver } from '../../../server/sandbox/sandbox.ts';
import { bareMs } from './bare.ts';

/** Starts at once, which is what two cores are kept busy by. */
const AT_ONCE = 4;

export interface Spawns {
  readonly spawnMs: readonly number[];
  readonly bareMs: readonly number[];
  readonly startsPerSecond: number;
}

/** Spawns of both kinds in turns, then as many starts as come. */
export async function spawns(rounds: number, starts: number): Promise<Spawns> {
  const driver = createBubblewrapDriver({ log: silentLog });
  await (await start(driver))[Symbol.asyncDispose]();
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await bareMs());
    const begun = performance.now();
    const sandbox = await start(driver);
    ours.push(performance.now() - begun);
    await sandbox[Symbol.asyncDispose]();
  }
  return { spawnMs: ours, bareMs: bare, startsPerSecond: await manyStarts(driver, starts) };
}

async function manyStarts(driver: SandboxDriver, starts: number): Promise<number> {
  await using made = new AsyncDisposableStack();
  const begun = performance.now();
  let left = starts;
  const starter = async () => {
    while (left > 0) {
      left -= 1;
      made.use(await start(driver));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, starter));
  return (starts * 1000) / (performance.now() - begun);
}

function start(driver: SandboxDriver): Promise<Sandbox> {
  const nothing = { env: {}, files: [], home: null };
  return driver.create({ id: newId(), memoryMiB: 64, pids: 32, homeMiB: 8, ...nothing });
}
