import { defineConfig } from 'vitest/config';

/** Projects are the kinds of proof, cheapest first; `tests/run.mjs` picks among them. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
