import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { baseConfigShape } from '../src/process/config.ts';
import { run } from '../src/process/process.ts';

const config = z.object({
  ...baseConfigShape,
  DRAIN_MS: z.coerce.number().default(0),
  FAIL: z.enum(['start', 'later']).optional(),
});

await run('landing', config, async ({ DRAIN_MS, FAIL }, { log }) => {
  if (FAIL === 'start') throw new Error('no port is free');
  if (FAIL === 'later') {
    setTimeout(() => {
      throw new Error('uncaught on purpose');
    }, 100);
  }
  const alive = setInterval(() => {}, 1000);
  return {
    url: 'http://127.0.0.1:1',
    async [Symbol.asyncDispose]() {
      await delay(DRAIN_MS);
      clearInterval(alive);
      log.info('drained');
    },
  };
});
