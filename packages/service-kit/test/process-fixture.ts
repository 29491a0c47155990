import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { baseConfigShape } from '../src/process/config.ts';
import { run, type Runtime } from '../src/process/process.ts';

const configSchema = z.object({
  ...baseConfigShape,
  DRAIN_MS: z.coerce.number().default(0),
  FAIL: z.enum(['start', 'later']).optional(),
});

const migrations = {
  '001-visits': {
    up: (db: Kysely<unknown>) => db.schema.createTable('visits').addColumn('id', 'text').execute(),
  },
};

await run('landing', { configSchema, migrations, start });

async function start({ DRAIN_MS, FAIL }: z.output<typeof configSchema>, { log }: Runtime) {
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
}
