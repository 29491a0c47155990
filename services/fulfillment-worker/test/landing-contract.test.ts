import { afterAll, beforeAll, test } from 'vitest';
import { behaviours } from '@landfall/worker-contract/behaviours';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await stage.boot();
});
afterAll(() => stage[Symbol.asyncDispose]());

test.each(behaviours)('$guarantee', async ({ hold }) => {
  const { landing, control, client } = stage;
  const rules = async (wanted: Parameters<typeof client.policies.put.mutate>[0]['rules']) =>
    void (await client.policies.put.mutate({ rules: wanted }));
  await hold({ worker: landing, control, rules });
});
