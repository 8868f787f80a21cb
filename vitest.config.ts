import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests that start processes or wait for a disk take their time on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
