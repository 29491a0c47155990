import { fileURLToPath } from 'node:url';
import { testLimits } from '@landfall/config/patience.ts';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    // Each file starts a whole system and then mostly waits for it: two at once use two cores well.
    maxWorkers: 2,
    // Services are started hundreds of times: compiled once, a start costs half the time.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../../.toolchain/compile-cache', import.meta.url)),
    },
    ...testLimits,
  },
});
