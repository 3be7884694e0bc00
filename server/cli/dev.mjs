/**
 * `npm run dev`: the server, started again when its code changes, and the site, built again when its
 * sources do. The pages stay those of production, under the same origin and the same policy.
 */
import { join } from 'node:path';
import { nodeOf } from './bootstrap/node.mjs';
import { RunFailed } from './bootstrap/run.mjs';
import { say } from './bootstrap/say.mjs';
import { serve } from './bootstrap/serve.mjs';
import { buildSite, stampOf } from './bootstrap/site.mjs';
import { FOR_SHELLS } from './bootstrap/system.mjs';
import { exitWith, prepare, ROOT } from './bootstrap.mjs';

const LOOK_EVERY_MS = 700; // asking for times of change costs a few ms, and misses nothing that a watcher may

await exitWith(async () => {
  await prepare({ programs: FOR_SHELLS, servers: true, site: true });
  const server = serve(nodeOf(ROOT), ['--watch', '--watch-preserve-output', join('server', 'main.ts')], ROOT);
  const stop = keepBuilding();
  const code = await server;
  stop();
  return code;
});

/** @returns {() => void} ends it */
function keepBuilding() {
  let built = stampOf(ROOT);
  let timer = setTimeout(look, LOOK_EVERY_MS);
  async function look() {
    const now = stampOf(ROOT);
    if (now !== built) {
      built = now;
      await buildSite(ROOT).catch(explain);
    }
    timer = setTimeout(look, LOOK_EVERY_MS);
  }
  return () => clearTimeout(timer);
}

/** @param {unknown} error an author's mistake is shown, and the last good site stays. */
function explain(error) {
  if (!(error instanceof RunFailed)) throw error;
  say(error.ja, error.en);
  console.error(error.output);
}
