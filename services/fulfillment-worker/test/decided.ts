import { eventually, settled, type Stage } from './stage.ts';

/** Until the operation has its outcome and nothing of the subscription is left to do. */
export async function handled(
  stage: Stage,
  subscriptionId: string,
  operationId: string,
): Promise<string> {
  const outcome = await eventually(`operation ${operationId} has its outcome`, async () => {
    return (await decisionOf(stage, operationId))?.outcome;
  });
  await settled(stage, subscriptionId);
  return outcome;
}

export async function decisionOf(stage: Stage, operationId: string) {
  return await stage.db.kysely
    .selectFrom('operations')
    .selectAll()
    .where('operation_id', '=', operationId)
    .executeTakeFirst();
}

/** The timeline's entries of a kind. */
export async function timelineOf(stage: Stage, subscriptionId: string, kind: string) {
  const page = await stage.client.subscriptions.timeline.query({ subscriptionId, limit: 200 });
  return page.items.filter((entry) => entry.kind === kind);
}

/** The changes that the publisher's side has asked for, in their order. */
export async function changesOf(stage: Stage, subscriptionId: string) {
  return await stage.db.kysely
    .selectFrom('changes')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .orderBy('requested_at')
    .execute();
}
