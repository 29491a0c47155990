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
async function subscription(publisherId: string): Promise<string> {
  const id = randomUUID();
  const began = new Date(fixture.now().getTime() - 24 * HOUR);
  const state = { planId: 'starter', status: 'Subscribed', termStart: began, version: 1 };
  const { kysely: db } = fixture.store;
  await db
    .insertInto('subscriptions')
    .values({ id, publisherId, offerId: 'analytics', ...state, termEnd: null })
    .execute();
  await db
    .insertInto('subscriptionVersions')
    .values({ subscriptionId: id, occurredAt: began, ...state })
    .execute();
  return id;
}

const usage = (subscriptionId: string, eventId: string = randomUUID(), quantity = 1) => ({
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

  async 'usage.hours'() {
    await report(unlimited, usage(ours), usage(theirs));
    expect(new Set(await hoursOf(limited))).toEqual(new Set([ours]));
    expect(await hoursOf(limited, { subscriptionId: theirs })).toEqual([]);
    expect(await hoursOf(unlimited)).toEqual(expect.arrayContaining([ours, theirs]));
    expect(new Set(await hoursOf(unlimited, { publisherId: THEIRS }))).toEqual(new Set([theirs]));
    const foreign = limited.usage.hours.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async 'usage.summary'() {
    const ask = (subscriptionId: string) =>
      failureOf(limited.usage.summary.query({ subscriptionId }));
    expect(await ask(ours)).toBeUndefined();
    expect(await ask(theirs)).toBe('subscription.not-found');
    expect(await ask(randomUUID())).toBe('subscription.not-found');
  },

  async 'dimensions.list'() {
    const named = { offerId: 'listed', planId: 'p', dimension: 'd' };
    await unlimited.dimensions.put.mutate({ ...named, included: 1 });
    await unlimited.dimensions.put.mutate({ ...named, included: 2, publisherId: THEIRS });
    await unlimited.dimensions.put.mutate({ ...named, included: 3, publisherId: OURS });
    const own = { ...named, included: 3, publisherId: OURS };
    expect((await limited.dimensions.list.query({})).items).toContainEqual(own);
    expect((await limited.dimensions.list.query({})).items).not.toContainEqual(
      expect.objectContaining({ included: 2 }),
    );
    const pages = [];
    for (let cursor: string | undefined, page = 0; page < 9; page += 1) {
      const { items, nextCursor } = await unlimited.dimensions.list.query({ limit: 1, cursor });
      pages.push(...items.filter(({ offerId }) => offerId === 'listed'));
      if (nextCursor === undefined) break;
      cursor = nextCursor;
    }
    expect(pages.map(({ included }) => included)).toEqual([1, 3, 2]);
  },

  async 'dimensions.put'() {
    const named = { offerId: 'put', planId: 'p', dimension: 'd' };
    await limited.dimensions.put.mutate({ ...named, included: 5 });
    const { items } = await unlimited.dimensions.list.query({ limit: 200 });
    expect(items.filter(({ offerId }) => offerId === 'put')).toEqual([
      { ...named, included: 5, publisherId: OURS },
    ]);
    const foreign = limited.dimensions.put.mutate({ ...named, included: 9, publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },
};

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
    unlimited.dimensions.put.mutate({
      publisherId,
      offerId,
      planId: 'p',
      dimension: 'd',
      included: 1,
    });
  const seenBy = async (client: typeof unlimited) =>
    JSON.stringify([
      await pagesOf((page) => client.usage.hours.query({ ...page, limit: 1 })),
      await pagesOf((page) => client.dimensions.list.query({ ...page, limit: 1 })),
      await client.usage.summary.query({ subscriptionId: ours }),
    ]);
  await report(unlimited, usage(ours));
  await put(OURS, 'unmoved');
  const [before, beforeOfAll] = [await seenBy(limited), await seenBy(unlimited)];

  await report(unlimited, usage(await subscription(THEIRS)), usage(theirs));
  await put(THEIRS, 'unmoved');

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

  test('are kept apart even if an event id looks like the claim of another publisher', async () => {
    const eventId = randomUUID();
    const forged = JSON.stringify([THEIRS, eventId]).padStart(200);
    const squatted = await report(limited, usage(ours, forged), usage(ours, eventId));
    expect(squatted).toMatchObject([{ outcome: 'taken' }, { outcome: 'taken' }]);
    expect(await report(unlimited, usage(theirs, eventId))).toMatchObject([{ outcome: 'taken' }]);
  });

  test('have separate included quantities for offers with the same id', async () => {
    const dimension = { offerId: 'analytics', planId: 'starter', dimension: 'reports' };
    await unlimited.dimensions.put.mutate({ ...dimension, included: 7 });
    await unlimited.dimensions.put.mutate({ ...dimension, included: 9, publisherId: THEIRS });
    const included = async (subscriptionId: string) => {
      const { dimensions } = await unlimited.usage.summary.query({ subscriptionId });
      return dimensions.map((one) => one.included);
    };
    expect(await included(ours)).toEqual([7]);
    expect(await included(theirs)).toEqual([9]);
  });
});

test.each([
  { state: 'open', counted: '0', reported: '0' },
  { state: 'closed', counted: '1', reported: '1' },
] as const)(
  'an hour that an older version left $state belongs to its publisher once it is sent',
  async (hour) => {
    const id = await subscription(OURS);
    const at = { hour: new Date(fixture.now().getTime() - 2 * HOUR), dueAt: new Date(0) };
    const used = { firstUsedAt: at.hour, lastUsedAt: at.hour, used: '1' };
    await fixture.store.kysely
      .insertInto('usageHours')
      .values({
        subscriptionId: id,
        dimension: 'old',
        planId: 'starter',
        nextAttemptAt: at.hour,
        ...hour,
        ...at,
        ...used,
      })
      .execute();
    await until(
      'the key sees its hour',
      async () => (await hoursOf(limited, { subscriptionId: id })).length === 1,
    );
  },
);
