import { run } from '@landfall/service-kit/process';
import { configSchema } from './config.ts';
import { migrations } from './db/migrations.ts';
import { start } from './service.ts';

await run('billing-sync', { configSchema, migrations, start });
