import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/propertySeed.ts'],
    include: ['test/unit/**/*.test.ts'],
    coverage: { include: ['src/core/**', 'src/shared/**', 'src/demo/**'] },
  },
});
