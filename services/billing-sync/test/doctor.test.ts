import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { ownCheckProcedures } from '@landfall/contracts/doctor-procedures';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { openFixture, type Fixture } from './fixture.ts';

async function meteringApi(fixture: Fixture) {
  const { ownChecks } = forwardHandlers(ownCheckProcedures, () => fixture.api);
  const answer = await ownChecks.run(
    { publicUrl: 'http://127.0.0.1' },
    {
      caller: { kind: 'service', name: 'gateway' },
      correlationId: randomUUID(),
      deadline: new Date(Date.now() + PATIENCE_MS),
    },
  );
  const { checks } = ownCheckProcedures.ownChecks.run.output.parse(answer);
  return checks.find(({ check }) => check === 'metering.api');
}

test("the metering API is in order until it refuses the token, with Microsoft's sentence", async () => {
  await using fixture = await openFixture();
  const before = await meteringApi(fixture);
  expect(before).toMatchObject({ severity: 'ok' });
  expect(before?.details?.['requestId']).toMatch(/^[\da-f-]{36}$/);

  await fixture.control.addFault({
    endpoint: 'usageEvents',
    status: 403,
    body: { code: 'Forbidden', message: 'The application may not report usage.' },
  });

  expect(await meteringApi(fixture)).toMatchObject({
    severity: 'error',
    finding: 'Microsoft answered 403: The application may not report usage.',
    details: { microsoftCode: 'Forbidden' },
  });
});
