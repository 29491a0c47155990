import { PATIENCE_MS } from '@landfall/config/patience';
import { createRouter } from '@landfall/contracts/procedures';
import { recurringProcedures } from '@landfall/contracts/recurring-procedures';
import { operatorKey } from '@landfall/servers/test-caller';
import type { Db } from '../src/db/schema.ts';
import { recurringHandlers } from '../src/procedures/recurring.ts';
import { reportDue } from '../src/recurring/report-due.ts';
import { MINUTE, type StoreFixture } from './store-fixture.ts';

/** The fixture's first moment is 10:05. */
export const AT_ELEVEN = '2026-03-10T11:00:00.000Z';

type Recurring = ReturnType<typeof routerOf>['recurring'];
export type Put = Parameters<Recurring['put']>[0];

function routerOf(store: StoreFixture, publisherId: string | undefined) {
  const router = createRouter(
    { recurring: recurringProcedures },
    { recurring: recurringHandlers(store) },
  );
  const caller = { ...operatorKey, publisherId };
  const deadline = new Date(Date.now() + PATIENCE_MS);
  return router.createCaller({ caller, correlationId: 'c', deadline });
}

/** Sets up and runs recurring quantities on the tables of the current test. */
export function chargesOf(store: () => StoreFixture) {
  /** The procedures as an operator calls them, or with a key of one publisher. */
  const recurring = (publisherId?: string): Recurring => routerOf(store(), publisherId).recurring;

  /** Puts a charge of ten reports an hour from eleven o'clock on. */
  async function put(over: Partial<Put> = {}, publisherId?: string): Promise<string> {
    const given = { dimension: 'reports', quantity: '10', every: 'hour', from: AT_ELEVEN } as const;
    return (await recurring(publisherId).put({ ...given, label: 'Base fee', ...over })).id;
  }

  async function refusal(over: Partial<Put>, publisherId?: string): Promise<string> {
    return await put(over, publisherId).then(
      () => 'none',
      (error: unknown) => (error as Error).message,
    );
  }

  /** Reports everything that is due, as the service's rounds do. */
  async function reportAll(db: Db = store().db): Promise<void> {
    const deps = { db, now: store().now, log: store().log, graceMs: 2 * MINUTE };
    while (await reportDue(deps));
  }

  async function runs(id: string) {
    return (await recurring().runs({ id, limit: 200 })).items.toReversed();
  }

  async function outcomes(id: string): Promise<string[]> {
    return (await runs(id)).map(({ dueAt, outcome }) => `${dueAt.slice(5, 16)} ${outcome}`);
  }

  /** Hours with their units, such as `03-10T11 10`. */
  async function used(subscriptionId: string): Promise<string[]> {
    const rows = await store().meterHours(subscriptionId);
    return rows.map((row) => `${row.hour.toISOString().slice(5, 13)} ${Number(row.used)}`);
  }

  async function nextAt(id: string): Promise<string | undefined> {
    const { items } = await recurring().list({ limit: 200 });
    return items.find((item) => item.id === id)?.nextAt;
  }

  return { recurring, put, refusal, reportAll, runs, outcomes, used, nextAt };
}
