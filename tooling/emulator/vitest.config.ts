import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // A notification that is left unanswered costs its real ten seconds.
    testTimeout: 20_000,
  },
});
