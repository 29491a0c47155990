import { randomUUID } from 'node:crypto';
import { decimal, sum, type Decimal } from '@landfall/domain/decimal';
import { until } from '@landfall/servers/wait';
import { expectThat, type ScenarioFixture } from '../../fixture/scenario-fixture.ts';

export const MINUTE_MS = 60 * 1000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export interface Use {
  readonly dimension: string;
  readonly quantity: string;
  readonly occurredAt: string;
}

/** The time of the stack, this many hours ago. */
export async function hoursAgo({ client }: ScenarioFixture, hours: number): Promise<string> {
  return new Date((await client.now()).getTime() - hours * HOUR_MS).toISOString();
}

/** Reports usage of one subscription, as the product does. Every record must count. */
export async function report(
  { client: { api } }: ScenarioFixture,
  subscriptionId: string,
  ...uses: readonly Use[]
): Promise<void> {
  const records = uses.map(({ dimension, quantity, occurredAt }) => {
    return { eventId: randomUUID(), subscriptionId, dimension, quantity, occurredAt };
  });
  const results = await until('billing knows that the subscription is active', async () => {
    const answer = await api.usage.report.mutate({ records });
    return isTooEarly(answer.results) ? undefined : answer.results;
  });
  for (const { outcome, message } of results) {
    expectThat(outcome !== 'refused', `the record counts (${outcome}: ${message})`);
  }
}

/** billing-sync learns of a purchase and its activation a moment after they are shown. */
export function isTooEarly(results: readonly { readonly refusal?: string | undefined }[]): boolean {
  return results.some(
    ({ refusal }) => refusal === 'subscription-unknown' || refusal === 'not-active-then',
  );
}

export type Hour = Awaited<ReturnType<typeof hoursOf>>[number];

/** All hours of usage of a subscription, latest first. */
export async function hoursOf({ client: { api } }: ScenarioFixture, subscriptionId: string) {
  const { items } = await api.usage.hours.query({ subscriptionId, limit: 200 });
  return items;
}

/** Waits until a subscription has such an hour, and returns it. */
export async function hourIs(
  fixture: ScenarioFixture,
  subscriptionId: string,
  is: (hour: Hour) => boolean,
): Promise<Hour> {
  return await until('the hour is in the expected state', async () =>
    (await hoursOf(fixture, subscriptionId)).find(is),
  );
}

/** Waits until all usage of a dimension, of this quantity, has its final outcome. */
export async function settled(
  fixture: ScenarioFixture,
  of: { readonly subscriptionId: string; readonly dimension: string; readonly used: string },
): Promise<readonly Hour[]> {
  const { subscriptionId, dimension, used } = of;
  const isFinal = ({ state }: Hour) => state === 'settled' || state === 'writtenOff';
  return await until(`${used} units of ${dimension} are settled`, async () => {
    const hours = (await hoursOf(fixture, subscriptionId)).filter(
      (one) => one.dimension === dimension,
    );
    const total = sum(hours.map((one) => decimal(one.used)));
    expectThat(
      total.lte(used),
      `no more than ${used} ${dimension} are counted (${total.toFixed()})`,
    );
    return total.eq(used) && hours.every(isFinal) ? hours : undefined;
  });
}

/** What the marketplace has accepted for a subscription: in all, or of one dimension. */
export async function accepted(
  { client }: ScenarioFixture,
  subscriptionId: string,
  dimension?: string,
): Promise<Decimal> {
  const events = (await client.control.usage()).filter(
    (one) =>
      one.resourceId === subscriptionId && (dimension === undefined || one.dimension === dimension),
  );
  return sum(events.map((one) => decimal(one.quantity)));
}

/** Waits until all of the usage is settled, and checks how much the marketplace has accepted. */
export async function expectBilled(
  fixture: ScenarioFixture,
  of: Parameters<typeof settled>[1] & { readonly billed: string },
): Promise<string> {
  await settled(fixture, of);
  const units = await accepted(fixture, of.subscriptionId, of.dimension);
  expectEqual(units, of.billed, `the marketplace accepted ${of.dimension}`);
  return `${units.toFixed()} of ${of.used} ${of.dimension}`;
}

export function expectEqual(found: Decimal | string, expected: string, what: string): void {
  const value = decimal(found.toString());
  expectThat(value.eq(expected), `${what}: ${expected} (found ${value.toFixed()})`);
}

/** Moves the marketplace's clock ahead, and with it the time of all services. */
export async function moveClock({ client }: ScenarioFixture, ms: number): Promise<void> {
  await client.control.advance(Math.round(ms));
}

/** Waits until Landfall has read the plan from Microsoft in a version that `holds`. */
export async function planRead(
  { client: { api } }: ScenarioFixture,
  plan: { readonly offerId: string; readonly planId: string },
  holds: (plan: CataloguePlan) => boolean = () => true,
): Promise<CataloguePlan> {
  return await until(`Landfall has read ${plan.planId}`, async () => {
    const { items } = await api.catalogue.list.query(plan);
    return items.find((one) => one.version > 0 && holds(one));
  });
}

/** Lets Landfall read the plan from Microsoft again, instead of at the next daily reading. */
export async function rereadPlan(
  fixture: ScenarioFixture,
  plan: { readonly offerId: string; readonly planId: string },
  holds: (plan: CataloguePlan) => boolean,
): Promise<void> {
  const { api } = fixture.client;
  const at = await fixture.client.now();
  await api.catalogue.refresh.mutate(plan);
  const isNew = ({ readAt }: CataloguePlan) =>
    readAt !== undefined && Date.parse(readAt) >= at.getTime();
  await planRead(fixture, plan, (one) => isNew(one) && holds(one));
}

export type CataloguePlan = Awaited<
  ReturnType<ScenarioFixture['client']['api']['catalogue']['list']['query']>
>['items'][number];

/** What each term of a plan includes of a dimension, which must come from Microsoft: `P1M 1000`. */
export function includedByMicrosoft(plan: CataloguePlan, dimension: string): string {
  const terms = plan.terms.map(({ termUnit, included }) => {
    const of = included.find((one) => one.dimension === dimension);
    expectThat(of?.source === 'microsoft', `${dimension} has no override (${of?.source})`);
    return `${termUnit} ${of.quantity ?? 'unlimited'}`;
  });
  return terms.toSorted().join(', ');
}
