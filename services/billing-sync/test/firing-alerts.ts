import { randomUUID } from 'node:crypto';
import { PATIENCE_MS } from '@landfall/config/patience';
import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import type { Fixture } from './fixture.ts';

/** Names of the alerts that are active. Moves the fixed clock by seconds, because readings of metrics are cached. */
export async function firingAlerts(fixture: Fixture): Promise<string[]> {
  await fixture.advance(6_000);
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => fixture.api);
  const answer = await ownAlerts.list(
    {},
    {
      caller: { kind: 'service', name: 'gateway' },
      correlationId: randomUUID(),
      deadline: new Date(Date.now() + PATIENCE_MS),
    },
  );
  const { firing } = ownAlertProcedures.ownAlerts.list.output.parse(answer);
  return firing.map(({ alert }) => alert);
}
