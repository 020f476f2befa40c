import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/propertySeed.ts', 'test/support/waitForDeadline.ts'],
    // How long a test takes on a busy machine says nothing about what it tests.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    include: ['test/unit/**/*.test.ts'],
    coverage: { include: ['src/core/**', 'src/shared/**', 'src/demo/**'] },
  },
});
