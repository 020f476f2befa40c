import { defineConfig } from 'vitest/config';

/** The tests that use a real VS Code through its window. They need a build: `node esbuild.js`. */
export default defineConfig({
  test: {
    name: 'e2e',
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/e2e/support/provision.ts'],
    // One window at a time: several of them on a small machine make each other miss deadlines.
    fileParallelism: false,
    pool: 'forks',
    // What a window does in its own time takes longer on a busy machine than the usual second.
    expect: { poll: { timeout: 60_000 } },
    // Every wait has a deadline of its own, which says what was waited for; this one comes after them.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
