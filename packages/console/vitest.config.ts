import { testLimits } from '@landfall/config/patience';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: './test/build.ts',
    // Each browser test has a whole stack, and two of them keep two cores busy.
    maxWorkers: 2,
    ...testLimits,
  },
});
