import { laneWakeSubject } from '@landfall/contracts/streams';
import { until } from '@landfall/servers/wait';
import { type Fixture } from './fixture.ts';

/**
 * Makes a subscription's tasks due at once until the condition holds, so that schedules of minutes take
 * moments.
 */
export async function hurry(
  fixture: Fixture,
  subscriptionId: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  await until('the schedule has ended', async () => {
    if (await isSo()) return true;
    await fixture.db.pool.query(
      `update tasks set run_at = now() where subscription_id = $1 and done_at is null
        and dead_at is null and run_at > now()`,
      [subscriptionId],
    );
    await fixture.db.pool.query(
      `update lanes set due_at = now() where subscription_id = $1 and lease_until is null
        and due_at > now()`,
      [subscriptionId],
    );
    fixture.bus.notify(laneWakeSubject);
    return false;
  });
}
