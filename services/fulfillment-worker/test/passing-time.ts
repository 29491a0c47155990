import { laneWakeSubject } from '@landfall/contracts/streams';
import { until } from '@landfall/servers/wait';
import type { Fixture } from './fixture.ts';

/** A clock that a test moves, for the worker, its tasks and the marketplace. */
export interface PassingTime {
  readonly now: () => Date;
  /** Moves all times forward at once, so that schedules of minutes take moments. */
  pass(fixture: Fixture, ms: number): Promise<void>;
}

export function passingTime(): PassingTime {
  let passedMs = 0;
  return {
    now: () => new Date(Date.now() + passedMs),
    pass: async (fixture, ms) => {
      passedMs += ms;
      await fixture.control.advance(ms);
      const earlier = `- ${ms} * interval '1 ms'`;
      await fixture.db.pool.query(
        `with lanes_first as (select subscription_id from lanes order by subscription_id for update),
          moved as (update tasks set run_at = run_at ${earlier}
            where done_at is null and dead_at is null and run_at > now())
        update lanes set due_at = due_at ${earlier} from lanes_first
        where lanes.subscription_id = lanes_first.subscription_id and due_at > now()`,
      );
      fixture.bus.notify(laneWakeSubject);
    },
  };
}

/** Waits until every task that is due by now has run. */
export async function nothingIsDue(fixture: Fixture): Promise<void> {
  await until('nothing is due', async () => {
    const { rowCount } = await fixture.db.pool.query(
      `select from tasks where done_at is null and dead_at is null and run_at <= now() limit 1`,
    );
    return rowCount === 0;
  });
}
