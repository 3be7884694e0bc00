/**
 * `npm start`: everything that a fresh clone on a fresh machine lacks, then the server.
 * Plain JavaScript for whatever Node the machine has; nothing but Node itself is imported here.
 */
const OLDEST_NODE = 20;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  console.error(
    `Node ${process.versions.node} では古いので、Node ${OLDEST_NODE} 以上を入れてください。` +
      ` / Node ${process.versions.node} is too old: please install Node ${OLDEST_NODE} or newer.`,
  );
  process.exit(1);
}

// Loaded only now, since an older Node would already fail at reading it.
void import('./bootstrap.mjs').then(({ start }) => start(process.argv.slice(2)));
