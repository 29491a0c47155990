import { fileURLToPath } from 'node:url';

import type { ViteUserConfig } from 'vitest/config';

// Two cores: more processes only wait for each other, and every file brings a nats-server.
const maxWorkers = 2;
// Integration tests wait on conditions; the slowest start PostgreSQL or let a timer of 10 s pass.
const testTimeoutMs = 30_000;
const hookTimeoutMs = 60_000;

/** Vitest settings of every package whose tests use a real PostgreSQL or nats-server. */
export function serviceTestConfig(): ViteUserConfig {
  return {
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      globalSetup: [fileURLToPath(new URL('vitest-setup.ts', import.meta.url))],
      pool: 'forks',
      maxWorkers,
      testTimeout: testTimeoutMs,
      hookTimeout: hookTimeoutMs,
    },
  };
}
