import { fileURLToPath } from 'node:url';

import { testLimits } from '@landfall/config/patience';
import type { ViteUserConfig } from 'vitest/config';

// One more than the cores of the smallest machine: tests wait for three quarters of their time.
const maxWorkers = 3;

/** Vitest settings of every package whose tests use a real PostgreSQL or nats-server. */
export function serviceTestConfig(): ViteUserConfig {
  return {
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      globalSetup: [fileURLToPath(new URL('vitest-setup.ts', import.meta.url))],
      pool: 'forks',
      maxWorkers,
      ...testLimits,
    },
  };
}
