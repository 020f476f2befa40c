import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/propertySeed.ts', 'test/support/waitForDeadline.ts'],
    // Not one less, as by default: many tests wait for timers, threads and processes. Not more: the tests in VS Code
    // run beside them, and some tests of rate limits need a processor on time.
    maxWorkers: availableParallelism(),
    // Generous, because tests may be slow on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    include: ['test/unit/**/*.test.ts'],
    coverage: { include: ['src/core/**', 'src/shared/**', 'src/demo/**'] },
  },
});
