import { run } from '@landfall/service-kit/process';
import { configSchema } from './config.ts';
import { migrations } from './db/migrations.ts';
import { inviteFirstAdmin } from './first-admin.ts';
import { manageKeys } from './keys.ts';
import { start } from './service.ts';

await run('gateway', {
  configSchema,
  migrations,
  start,
  commands: {
    keys: { summary: 'creates, lists and revokes API keys', run: manageKeys },
    'first-admin': { summary: 'prints a link for the first admin', run: inviteFirstAdmin },
  },
});
