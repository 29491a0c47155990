import { until } from '@landfall/servers/wait';
import type { CrashFixture } from './fixture.ts';

/** Makes a timer due as soon as it exists. */
export async function due(
  fixture: CrashFixture,
  subscriptionId: string,
  kind: string,
): Promise<void> {
  const text = `update fulfillment.timers set due_at = now()
    where id = (select id from fulfillment.timers where subscription_id = $1 and kind = $2
      and queued_at is null order by due_at limit 1)
    returning 1`;
  await until(
    `there is a timer ${kind}`,
    async () => (await fixture.rows(text, [subscriptionId, kind])).length > 0,
  );
}
