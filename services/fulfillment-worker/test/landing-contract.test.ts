import { afterAll, beforeAll, test } from 'vitest';
import { behaviours } from '@landfall/worker-contract/behaviours';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

test.each(behaviours)('$guarantee', async ({ hold }) => {
  const { landing, control, client } = fixture;
  const rules = async (wanted: Parameters<typeof client.policies.put.mutate>[0]['rules']) =>
    void (await client.policies.put.mutate({ rules: wanted }));
  await hold({ worker: landing, control, rules });
});
