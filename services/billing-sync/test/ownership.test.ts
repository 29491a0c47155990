import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { Procedures } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { until } from '@landfall/servers/wait';
import { HOUR, openFixture, type Fixture } from './fixture.ts';

/** Usage of two publishers, and a key that is limited to one of them. */
const OURS = 'contoso';
const THEIRS = 'northwind';

let fixture: Fixture;
let limited: ReturnType<typeof clientOf>;
let unlimited: ReturnType<typeof clientOf>;
let ours: string;
let theirs: string;

beforeAll(async () => {
  fixture = await openFixture();
  [limited, unlimited] = [clientOf(OURS), clientOf(undefined)];
  [ours, theirs] = [await subscription(OURS), await subscription(THEIRS)];
});
afterAll(() => fixture[Symbol.asyncDispose]());

function clientOf(publisherId: string | undefined) {
  return procedureClient({
    owner: 'billing-sync',
    transport: procedureTransport(fixture.bus),
    caller: { kind: 'api-key', keyId: 'k', scopes, publisherId },
    correlationId: randomUUID,
  });
}

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
const report = async (client: typeof unlimited, ...records: ReturnType<typeof usage>[]) =>
  (await client.usage.report.mutate({ records })).results;
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorDetails(error)?.rejection,
  );
const hoursOf = async (client: typeof unlimited, input = {}) =>
  (await client.usage.hours.query(input)).items.map(({ subscriptionId }) => subscriptionId);

/** A test for each procedure, by its path. The first test below requires one for each. */
const tests = {
  async 'usage.report'() {
    const eventId = randomUUID();
    expect(await report(unlimited, usage(theirs, eventId))).toMatchObject([{ outcome: 'taken' }]);
    const unknown = { outcome: 'refused', refusal: 'subscription-unknown' };
    const answered = await report(limited, usage(theirs), usage(theirs, eventId), usage(ours));
    expect(answered).toMatchObject([unknown, unknown, { outcome: 'taken' }]);
  },

  async 'usage.refusals'() {
    const old = new Date(fixture.now().getTime() - 25 * HOUR).toISOString();
    await report(
      unlimited,
      { ...usage(ours), occurredAt: old },
      { ...usage(theirs), occurredAt: old },
    );
    const seen = async (client: typeof unlimited, input = {}) =>
      (await client.usage.refusals.query(input)).items.map(({ subscriptionId }) => subscriptionId);
    expect(await seen(unlimited)).toEqual(expect.arrayContaining([ours, theirs]));
    expect(await seen(limited)).toContain(ours);
    expect(await seen(limited, { subscriptionId: theirs })).not.toContain(ours);
    const items = (await limited.usage.refusals.query({ subscriptionId: theirs })).items;
    expect(items.every(({ publisherId }) => publisherId === OURS)).toBe(true);
    const foreign = limited.usage.refusals.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.hours'() {
    await rated(ours);
    await rated(theirs);
    expect(new Set(await hoursOf(limited))).toEqual(new Set([ours]));
    expect(await hoursOf(limited, { subscriptionId: theirs })).toEqual([]);
    expect(await hoursOf(unlimited)).toEqual(expect.arrayContaining([ours, theirs]));
    expect(new Set(await hoursOf(unlimited, { publisherId: THEIRS }))).toEqual(new Set([theirs]));
    const foreign = limited.usage.hours.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.records'() {
    await ofSubscription((subscriptionId) =>
      limited.usage.records.query({
        subscriptionId,
        from: '2026-03-01T00:00:00Z',
        to: '2026-04-01T00:00:00Z',
      }),
    );
  },

  async 'usage.resend'() {
    const resend = (subscriptionId: string) =>
      limited.usage.resend.mutate({
        subscriptionId,
        dimension: 'reports',
        hour: '2026-03-10T00:00:00Z',
        reason: 'the dimension is published now',
      });
    expect(await failureOf(resend(ours))).toBe('usage.hour-not-found');
    expect(await failureOf(resend(theirs))).toBe('subscription.not-found');
  },

  async 'usage.summary'() {
    await ofSubscription((subscriptionId) => limited.usage.summary.query({ subscriptionId }));
  },

  async 'usage.statement'() {
    await ofSubscription((subscriptionId) =>
      limited.usage.statement.query({ subscriptionId, month: '2026-03' }),
    );
  },

  async 'usage.statements'() {
    await rated(ours);
    await rated(theirs);
    await ofPublisher((client, input) =>
      client.usage.statements.query({ month: '2026-03', ...input }),
    );
  },

  async 'usage.readBack'() {
    const day = { planId: 'starter', dimension: 'reports', day: '2026-03-08', ours: '1' };
    const theirReport = { submitted: '1', processed: '1', reconStatus: 'Accepted' };
    const row = { ...day, ...theirReport, verdict: 'agrees', readAt: fixture.now() };
    await fixture.store.kysely
      .insertInto('readBackDays')
      .values([
        { ...row, publisherId: OURS, subscriptionId: ours },
        { ...row, publisherId: THEIRS, subscriptionId: theirs },
      ])
      .execute();
    const seen = async (client: typeof unlimited, input = {}) =>
      (await client.usage.readBack.query(input)).items.map((row) => row.subscriptionId);
    expect(new Set(await seen(limited))).toEqual(new Set([ours]));
    expect(await seen(limited, { subscriptionId: theirs })).toEqual([]);
    expect(await seen(unlimited)).toEqual(expect.arrayContaining([ours, theirs]));
    const foreign = limited.usage.readBack.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.preview'() {
    const named = { offerId: 'previewed', planId: 'p', termUnit: 'P1M' };
    const dimension = { ...named, dimension: 'd' };
    await unlimited.overrides.put.mutate({ ...dimension, included: 1, publisherId: OURS });
    await unlimited.overrides.put.mutate({ ...dimension, included: 9, publisherId: THEIRS });
    const asked = { ...named, usage: [{ dimension: 'd', quantity: '10' }] };
    const { lines } = await limited.usage.preview.query(asked);
    expect(lines).toMatchObject([{ included: '1', billed: '9' }]);
    const foreign = limited.usage.preview.query({ ...asked, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.previewPlan'() {
    await ofSubscription((subscriptionId) =>
      limited.usage.previewPlan.query({ subscriptionId, month: '2026-03', planId: 'growth' }),
    );
  },

  async 'catalogue.list'() {
    await plan(OURS, 'listed');
    await plan(THEIRS, 'listed');
    await ofPublisher((client, input) =>
      client.catalogue.list.query({ offerId: 'listed', limit: 200, ...input }),
    );
  },

  async 'catalogue.history'() {
    await plan(OURS, 'history');
    await plan(THEIRS, 'history');
    const named = { offerId: 'history', planId: 'p' };
    await ofPublisher((client, input) => client.catalogue.history.query({ ...named, ...input }));
  },

  async 'catalogue.refresh'() {
    for (const publisherId of [OURS, THEIRS]) {
      await plan(publisherId, 'refreshed');
      await subscription(publisherId, { offerId: 'refreshed', planId: 'p' });
    }
    const refresh = (client: typeof unlimited, input = {}) =>
      client.catalogue.refresh.mutate({ offerId: 'refreshed', ...input });
    expect(await refresh(unlimited)).toEqual({ plans: 2 });
    expect(await refresh(limited)).toEqual({ plans: 1 });
    expect(await failureOf(refresh(limited, { publisherId: THEIRS }))).toBe('publisher.not-found');
  },

  async 'overrides.list'() {
    const named = { offerId: 'listed', planId: 'p', dimension: 'd' };
    await unlimited.overrides.put.mutate({ ...named, included: 1 });
    await unlimited.overrides.put.mutate({ ...named, included: 2, publisherId: THEIRS });
    await unlimited.overrides.put.mutate({ ...named, included: 3, publisherId: OURS });
    const includedOf = async (client: typeof unlimited) =>
      (await client.overrides.list.query({ limit: 200 })).items
        .filter(({ offerId }) => offerId === 'listed')
        .map(({ included }) => included);
    expect(await includedOf(limited)).not.toContain('2');
    expect(await includedOf(limited)).toContain('3');
    expect(new Set(await includedOf(unlimited))).toEqual(new Set(['1', '2', '3']));
    const foreign = limited.overrides.list.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'overrides.put'() {
    const named = { offerId: 'put', planId: 'p', dimension: 'd' };
    await limited.overrides.put.mutate({ ...named, included: '5' });
    const { items } = await unlimited.overrides.list.query({ limit: 200 });
    expect(items.filter(({ offerId }) => offerId === 'put')).toMatchObject([
      { ...named, included: '5', publisherId: OURS },
    ]);
    const foreign = limited.overrides.put.mutate({ ...named, included: 9, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'overrides.remove'() {
    const named = { offerId: 'removed', planId: 'p', dimension: 'd' };
    await unlimited.overrides.put.mutate({ ...named, included: 1 });
    await unlimited.overrides.put.mutate({ ...named, included: 2, publisherId: THEIRS });
    expect(await limited.overrides.remove.mutate(named)).toEqual({ removed: false });
    const foreign = limited.overrides.remove.mutate({ ...named, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    const { items } = await unlimited.overrides.list.query({ limit: 200 });
    expect(items.filter(({ offerId }) => offerId === 'removed')).toHaveLength(2);
  },

  async 'meters.list'() {
    await unlimited.meters.put.mutate({ ...meter('listed'), publisherId: THEIRS });
    await unlimited.meters.put.mutate({ ...meter('listed'), publisherId: OURS });
    await ofPublisher((client, input) => client.meters.list.query({ limit: 200, ...input }));
  },

  async 'meters.put'() {
    await limited.meters.put.mutate(meter('put'));
    const { items } = await unlimited.meters.list.query({ limit: 200 });
    expect(items.filter(({ offerId }) => offerId === 'put')).toMatchObject([{ publisherId: OURS }]);
    const foreign = limited.meters.put.mutate({ ...meter('put'), publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'meters.remove'() {
    const { tiers: _, ...named } = meter('removed');
    await unlimited.meters.put.mutate({ ...meter('removed'), publisherId: THEIRS });
    expect(await limited.meters.remove.mutate(named)).toEqual({ removed: false });
    const foreign = limited.meters.remove.mutate({ ...named, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    const kept = await unlimited.meters.list.query({ publisherId: THEIRS, limit: 200 });
    expect(kept.items.some(({ offerId }) => offerId === 'removed')).toBe(true);
  },

  async 'recurring.list'() {
    await charge(ours);
    await charge(theirs);
    await ofPublisher((client, input) => client.recurring.list.query({ limit: 200, ...input }));
    const { items } = await limited.recurring.list.query({ subscriptionId: theirs });
    expect(items).toEqual([]);
  },

  async 'recurring.put'() {
    const put = (input: object) => limited.recurring.put.mutate({ ...FEE, ...input });
    expect(await failureOf(put({ subscriptionId: ours }))).toBeUndefined();
    expect(await failureOf(put({ subscriptionId: theirs }))).toBe('recurring.invalid');
    expect(await failureOf(put({ subscriptionId: randomUUID() }))).toBe('recurring.invalid');
    const foreign = put({ offerId: 'analytics', planId: 'starter', publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
    const { id } = await charge(theirs);
    expect(await failureOf(put({ subscriptionId: ours, quantity: '9', id }))).toBe(
      'recurring.invalid',
    );
    const { items } = await unlimited.recurring.list.query({ subscriptionId: theirs, limit: 200 });
    expect(items.find((one) => one.id === id)).toMatchObject({ quantity: '1' });
  },

  async 'recurring.remove'() {
    const { id } = await charge(theirs);
    await limited.recurring.remove.mutate({ id }).catch(() => {});
    const { items } = await unlimited.recurring.list.query({ subscriptionId: theirs, limit: 200 });
    expect(items).toContainEqual(expect.objectContaining({ id, nextAt: expect.any(String) }));
  },

  async 'recurring.runs'() {
    const { id } = await charge(theirs);
    const run = {
      chargeId: id,
      subscriptionId: theirs,
      dueAt: fixture.now(),
      ranAt: fixture.now(),
    };
    await fixture.store.kysely
      .insertInto('recurringRuns')
      .values({ ...run, outcome: 'missed', reason: null })
      .execute();
    expect((await unlimited.recurring.runs.query({ id })).items).toHaveLength(1);
    const asked = await limited.recurring.runs.query({ id }).catch(() => ({ items: [] }));
    expect(asked.items).toEqual([]);
  },

  async 'incidents.list'() {
    await incident(OURS, ours);
    await incident(THEIRS, theirs);
    await ofPublisher((client, input) => client.incidents.list.query({ limit: 200, ...input }));
    const { items } = await limited.incidents.list.query({ subscriptionId: theirs });
    expect(items).toEqual([]);
  },

  async 'incidents.settle'() {
    const settle = (incidentId: string, input = {}) =>
      failureOf(limited.incidents.settle.mutate({ incidentId, reason: 'credited', ...input }));
    expect(await settle(await incident(OURS, ours))).toBeUndefined();
    const foreign = await incident(THEIRS, theirs);
    expect(await settle(foreign)).toBe('incident.not-found');
    expect(await settle(foreign, { publisherId: THEIRS })).toBe('publisher.not-found');
  },

  async 'thresholds.list'() {
    const limit = { dimension: 'reports', units: '5' };
    await unlimited.thresholds.put.mutate({ ...limit, subscriptionId: ours });
    await unlimited.thresholds.put.mutate({ ...limit, subscriptionId: theirs });
    const seen = async (client: typeof unlimited, input = {}) =>
      (await client.thresholds.list.query(input)).items.map((row) => row.subscriptionId);
    expect(await seen(limited)).toEqual([ours]);
    expect(await seen(limited, { subscriptionId: theirs })).toEqual([]);
    expect((await seen(unlimited)).toSorted()).toEqual([ours, theirs].toSorted());
    const foreign = limited.thresholds.list.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'thresholds.put'() {
    const limit = { dimension: 'exports', units: '5' };
    await ofSubscription((subscriptionId) =>
      limited.thresholds.put.mutate({ ...limit, subscriptionId }),
    );
  },

  async 'thresholds.remove'() {
    await ofSubscription((subscriptionId) =>
      limited.thresholds.remove.mutate({ dimension: 'none', subscriptionId }),
    );
  },
};

/** The limited key reaches its own subscription. Another publisher's looks like one that does not exist. */
async function ofSubscription(ask: (subscriptionId: string) => Promise<unknown>): Promise<void> {
  expect(await failureOf(ask(ours))).toBeUndefined();
  expect(await failureOf(ask(theirs))).toBe('subscription.not-found');
  expect(await failureOf(ask(randomUUID()))).toBe('subscription.not-found');
}

/** The limited key lists only rows of its publisher, and no key lists fewer because it is not limited. */
async function ofPublisher(
  ask: (
    client: typeof unlimited,
    input: { publisherId?: string },
  ) => Promise<{ readonly items: readonly { readonly publisherId?: string | undefined }[] }>,
): Promise<void> {
  const publishers = async (client: typeof unlimited) =>
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

function meter(offerId: string) {
  const tiers = [{ from: '0', dimension: 'd' }];
  return { offerId, planId: 'p', meter: 'm', tiers };
}

/** A quantity that falls due long after the test. */
const FEE = {
  dimension: 'reports',
  quantity: '1',
  every: 'once',
  from: '2027-01-01T00:00:00Z',
  label: 'Base fee',
} as const;

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

test('every public procedure of this service is tested with a limited key', () => {
  const paths = Object.entries(billingProcedures as Procedures).flatMap(([namespace, specs]) =>
    Object.keys(specs).map((name) => `${namespace}.${name}`),
  );
  expect(Object.keys(tests).toSorted()).toEqual(paths.toSorted());
});

test.each(Object.entries(tests))(
  '%s gives a limited key no access to anything of another publisher',
  async (_path, reaches) => await reaches(),
);

test('no answer to a limited key changes when another publisher gets one more of everything', async () => {
  const put = (publisherId: string, offerId: string) =>
    unlimited.overrides.put.mutate({
      publisherId,
      offerId,
      planId: 'p',
      dimension: 'd',
      included: 1,
    });
  const seenBy = async (client: typeof unlimited) =>
    JSON.stringify([
      await pagesOf((page) => client.usage.hours.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.usage.refusals.query({ ...page, limit: 1 })),
      await pagesOf((page) =>
        client.usage.statements.query({ ...page, month: '2026-03', limit: 1 }),
      ),
      await pagesOf((page) => client.usage.readBack.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.overrides.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.meters.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.recurring.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.incidents.list.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.thresholds.list.query({ ...page, limit: 1 })),
      await client.usage.summary.query({ subscriptionId: ours }),
    ]);
  await rated(ours);
  await put(OURS, 'unmoved');
  await fixture.rounds();
  const [before, beforeOfAll] = [await seenBy(limited), await seenBy(unlimited)];

  const another = await subscription(THEIRS);
  await rated(another);
  await report(unlimited, usage(another), usage(theirs), usage(another, randomUUID(), 0));
  await put(THEIRS, 'unmoved');
  await unlimited.meters.put.mutate({ ...meter('unmoved'), publisherId: THEIRS });
  await charge(another);
  await incident(THEIRS, another);
  await unlimited.thresholds.put.mutate({
    subscriptionId: another,
    dimension: 'reports',
    units: '1',
  });

  expect(await seenBy(limited)).toBe(before);
  expect(await seenBy(unlimited)).not.toBe(beforeOfAll);
});

/** All pages of a list, with their cursors. */
async function pagesOf<Page extends { readonly nextCursor?: string | undefined }>(
  ask: (page: { cursor: string | undefined }) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | undefined; pages.length < 100;) {
    const page = await ask({ cursor });
    pages.push(page);
    cursor = page.nextCursor;
    if (cursor === undefined) return pages;
  }
  throw new Error('a list without an end');
}

describe('two publishers', () => {
  test('may use the same event id, and each record counts once', async () => {
    const outcomes = async (...given: Parameters<typeof report>) =>
      (await report(...given)).map(({ outcome, refusal }) => refusal ?? outcome);
    const eventId = randomUUID();
    const [own, foreign] = [usage(ours, eventId, 2), usage(theirs, eventId, 3)];
    expect(await outcomes(limited, own)).toEqual(['taken']);
    expect(await outcomes(unlimited, foreign)).toEqual(['taken']);
    expect(await outcomes(unlimited, foreign, own)).toEqual(['repeated', 'repeated']);
    const changed = { ...foreign, quantity: 4 };
    expect(await outcomes(unlimited, changed)).toEqual(['event-id-reused']);

    const together = randomUUID();
    const batch = [usage(ours, together, 2), usage(theirs, together, 3)] as const;
    expect(await outcomes(unlimited, ...batch)).toEqual(['taken', 'taken']);
    expect(await outcomes(unlimited, batch[1])).toEqual(['repeated']);

    const refused = randomUUID();
    const [impossible, good] = [usage(ours, refused, -1), usage(theirs, refused, 3)];
    expect(await outcomes(unlimited, impossible, good)).toEqual(['quantity-invalid', 'taken']);
    expect(await outcomes(unlimited, good)).toEqual(['repeated']);
  });

  test('have separate included quantities for offers with the same id', async () => {
    const dimension = { offerId: 'analytics', planId: 'starter', dimension: 'reports' };
    await unlimited.overrides.put.mutate({ ...dimension, included: 7 });
    await unlimited.overrides.put.mutate({ ...dimension, included: 9, publisherId: THEIRS });
    const included = async (subscriptionId: string) => {
      const { dimensions } = await unlimited.usage.summary.query({ subscriptionId });
      return dimensions.find((one) => one.dimension === 'reports')?.included;
    };
    expect(await included(ours)).toBe('7');
    expect(await included(theirs)).toBe('9');
  });
});
