import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { PATIENCE_MS } from '@landfall/config/patience';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { scopes } from '@landfall/contracts/scopes';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { until } from '@landfall/servers/wait';
import { type Fixture, HOUR, openFixture } from './fixture.ts';

export const OURS = 'contoso';
export const THEIRS = 'northwind';

export type Client = ReturnType<typeof clientOf>;

/** A quantity that falls due long after the test. */
export const FEE = {
  dimension: 'reports',
  quantity: '1',
  every: 'once',
  from: '2027-01-01T00:00:00Z',
  label: 'Base fee',
} as const;

/** Usage of two publishers, with a key that is limited to one of them and a key that is not. */
export async function openTwoPublishers() {
  await using stack = new AsyncDisposableStack();
  const fixture = stack.use(await openFixture());
  const [limited, unlimited] = [clientOf(fixture, OURS), clientOf(fixture, undefined)];

  /** A subscription that is active since yesterday. Both publishers sell an offer with the same id. */
  async function subscription(
    publisherId: string,
    { offerId = 'analytics', planId = 'starter' } = {},
  ): Promise<string> {
    const id = randomUUID();
    const began = new Date(fixture.now().getTime() - 24 * HOUR);
    const term = { termStart: began, termEnd: null, termUnit: 'P1M' };
    const state = { planId, status: 'Subscribed', ...term, version: 1 };
    const { kysely: db } = fixture.store;
    await db
      .insertInto('subscriptions')
      .values({ id, publisherId, offerId, ...state })
      .execute();
    await db
      .insertInto('subscriptionVersions')
      .values({ subscriptionId: id, occurredAt: began, ...state })
      .execute();
    return id;
  }

  const usage = (
    subscriptionId: string,
    eventId: string = randomUUID(),
    quantity: number | string = 1,
  ) => ({
    eventId,
    subscriptionId,
    dimension: 'reports',
    quantity,
    occurredAt: fixture.now().toISOString(),
  });
  const report = async (client: Client, ...records: ReturnType<typeof usage>[]) =>
    (await client.usage.report.mutate({ records })).results;
  const hoursOf = async (client: Client, input = {}) =>
    (await client.usage.hours.query(input)).items.map(({ subscriptionId }) => subscriptionId);

  /** The limited key reaches its own subscription. Another publisher's looks like one that does not exist. */
  async function ofSubscription(ask: (subscriptionId: string) => Promise<unknown>): Promise<void> {
    expect(await failureOf(ask(ours))).toBeUndefined();
    expect(await failureOf(ask(theirs))).toBe('subscription.not-found');
    expect(await failureOf(ask(randomUUID()))).toBe('subscription.not-found');
  }

  /** The limited key lists only rows of its publisher, and no key lists fewer because it is not limited. */
  async function ofPublisher(
    ask: (
      client: Client,
      input: { publisherId?: string },
    ) => Promise<{ readonly items: readonly { readonly publisherId?: string | undefined }[] }>,
  ): Promise<void> {
    const publishers = async (client: Client) =>
      new Set((await ask(client, {})).items.map(({ publisherId }) => publisherId));
    expect(await publishers(limited)).toEqual(new Set([OURS]));
    expect(await publishers(unlimited)).toEqual(new Set([OURS, THEIRS]));
    expect(await failureOf(ask(limited, { publisherId: THEIRS }))).toBe('publisher.not-found');
  }

  /** Usage of the last hour, once it has a row for Microsoft. */
  async function rated(subscriptionId: string): Promise<void> {
    const occurredAt = new Date(fixture.now().getTime() - HOUR).toISOString();
    await report(unlimited, { ...usage(subscriptionId), occurredAt });
    await until('the hour is rated', async () => {
      return (await hoursOf(unlimited, { subscriptionId })).length > 0;
    });
  }

  /** Says that a publisher has an offer with one plan. */
  async function plan(publisherId: string, offerId: string): Promise<void> {
    const [key, at] = [{ publisherId, offerId, planId: 'p' }, fixture.now()];
    const terms = [{ termUnit: 'P1M', included: { d: '1' } }];
    const content = { isPrivate: false, isPricePerSeat: false, terms, dimensions: [{ id: 'd' }] };
    await fixture.store.kysely
      .insertInto('cataloguePlans')
      .values({
        ...key,
        market: 'US',
        version: 1,
        content: JSON.stringify(content),
        since: at,
        readAt: at,
      })
      .execute();
    const nextAt = new Date(at.getTime() + 24 * HOUR);
    await fixture.store.kysely
      .insertInto('catalogueReadings')
      .values({ ...key, nextAt, readAt: at, problem: null })
      .execute();
  }

  async function charge(subscriptionId: string): Promise<{ readonly id: string }> {
    return await unlimited.recurring.put.mutate({ ...FEE, subscriptionId });
  }

  async function incident(publisherId: string, subscriptionId: string): Promise<string> {
    const id = randomUUID();
    await fixture.store.kysely
      .insertInto('usageIncidents')
      .values({
        id,
        publisherId,
        subscriptionId,
        dimension: randomUUID(),
        day: '2026-03-08',
        kind: 'mismatch',
        ours: '1',
        theirs: '2',
        message: 'Microsoft has counted more.',
        foundAt: fixture.now(),
        settledAt: null,
        settledBy: null,
        reason: null,
      })
      .execute();
    return id;
  }

  const [ours, theirs] = [await subscription(OURS), await subscription(THEIRS)];
  const running = stack.move();
  return {
    fixture,
    limited,
    unlimited,
    /** A subscription of the limited key's publisher, and one of the other publisher. */
    ours,
    theirs,
    usage,
    report,
    hoursOf,
    subscription,
    rated,
    plan,
    charge,
    incident,
    ofSubscription,
    ofPublisher,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorDetails(error)?.rejection,
  );

export function meter(offerId: string) {
  const tiers = [{ from: '0', dimension: 'd' }];
  return { offerId, planId: 'p', meter: 'm', tiers };
}

function clientOf(fixture: Fixture, publisherId: string | undefined) {
  return procedureClient({
    owner: 'billing-sync',
    transport: procedureTransport(fixture.bus),
    caller: { kind: 'api-key', keyId: 'k', scopes, publisherId },
    correlationId: randomUUID,
    timeoutMs: PATIENCE_MS,
  });
}
