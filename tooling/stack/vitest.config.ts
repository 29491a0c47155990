import { fileURLToPath } from 'node:url';
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
    // Some start two systems one after the other, which a loaded machine stretches.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
