import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Files share their workers, and the modules in them: loading the project anew for each would take longer than most files do.
    isolate: false,
    setupFiles: ['test/setup.ts'],
    // Tests that start processes or wait for a disk take their time on a busy machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
