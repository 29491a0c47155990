import { until } from '@landfall/servers/wait';
import { settled, type Fixture } from './fixture.ts';

/** Waits until the operation has its outcome and no task of the subscription is open. */
export async function handled(
  fixture: Fixture,
  subscriptionId: string,
  operationId: string,
): Promise<string> {
  const outcome = await until(`operation ${operationId} has its outcome`, async () => {
    return (await decisionOf(fixture, operationId))?.outcome;
  });
  await settled(fixture, subscriptionId);
  return outcome;
}

export async function decisionOf(fixture: Fixture, operationId: string) {
  return await fixture.db.kysely
    .selectFrom('operations')
    .selectAll()
    .where('operationId', '=', operationId)
    .executeTakeFirst();
}

/** The timeline entries of this kind. */
export async function timelineOf(fixture: Fixture, subscriptionId: string, kind: string) {
  const page = await fixture.client.subscriptions.timeline.query({ subscriptionId, limit: 200 });
  return page.items.filter((entry) => entry.kind === kind);
}

/** The changes that the publisher requested, in order. */
export async function changesOf(fixture: Fixture, subscriptionId: string) {
  return await fixture.db.kysely
    .selectFrom('changes')
    .selectAll()
    .where('subscriptionId', '=', subscriptionId)
    .orderBy('requestedAt')
    .execute();
}
