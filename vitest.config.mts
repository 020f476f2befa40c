import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/propertySeed.ts', 'test/support/waitForDeadline.ts'],
    // One more than processors, because many tests wait for timers, threads and processes.
    maxWorkers: availableParallelism() + 1,
    // Generous, because tests may be slow on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    include: ['test/unit/**/*.test.ts'],
    coverage: { include: ['src/core/**', 'src/shared/**', 'src/demo/**'] },
  },
});
