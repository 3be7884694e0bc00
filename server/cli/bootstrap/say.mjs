/** What the bootstrap prints: short lines, Japanese first. */

const SLOW_MS = 10_000; // how long a person waits before wondering whether anything still happens

/**
 * @param {string} ja
 * @param {string} en
 */
export function say(ja, en) {
  console.log(`土壌: ${ja} / ${en}`);
}

/**
 * Says what begins, that it still goes on, and how long it took.
 * @template T
 * @param {string} ja
 * @param {string} en
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function during(ja, en, work) {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  say(`${ja}…`, `${en}…`);
  const timer = setInterval(() => console.log(`      …${seconds()} 秒 / ${seconds()} s`), SLOW_MS);
  try {
    const result = await work();
    console.log(`      できました (${seconds()} 秒) / done (${seconds()} s)`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
