import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** The tests of a real VS Code window. They need a build: `node esbuild.js`. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/e2e/support/provision.ts'],
    // A window takes about one processor while it works, and most of the time it waits.
    maxWorkers: Math.min(4, availableParallelism()),
    pool: 'forks',
    // On a busy machine, a window can need longer than the default second.
    expect: { poll: { timeout: 60_000 } },
    // Longer than all waits in the tests, whose errors say what they waited for.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
