import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmulator } from '@landfall/emulator/emulator';
import { createMarketplace } from '@landfall/marketplace/client';
import { openPublishers } from '@landfall/publishers/publishers';
import { readPublishers } from '@landfall/publishers/publisher-list';
import { operatorKey } from '@landfall/servers/test-caller';
import { until } from '@landfall/servers/wait';
import { parseConfig } from '@landfall/service-kit/config';
import { configSchema } from '../src/config.ts';
import { incidentHandlers } from '../src/procedures/incidents.ts';
import { usageReadBack } from '../src/procedures/usage-read-back.ts';
import { readDay } from '../src/read-back/report.ts';
import { startReadBack } from '../src/read-back/read-back.ts';
import { ensureMonths } from '../src/store/months.ts';
import { HOUR, openStore } from './store-fixture.ts';

const DAY = 24 * HOUR;
const call = { caller: operatorKey, correlationId: 'test', deadline: new Date(8.64e15) };

let market: Awaited<ReturnType<typeof openMarket>>;
beforeAll(async () => {
  market = await openMarket();
});
afterAll(() => market[Symbol.asyncDispose]());

/** The emulator and the read-back on the tables of billing-sync, with one clock. */
async function openMarket() {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openStore());
  await ensureMonths(store.db, store.now());
  const emulator = stack.use(await startEmulator());
  const { control, identities } = emulator;
  await control.setClock({ offsetMs: store.now().getTime() - Date.now(), frozen: true });
  const config = parseConfig(configSchema, {
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    NATS_URL: 'nats://127.0.0.1:1',
    MARKETPLACE_BASE_URL: emulator.marketplaceBaseUrl,
    ENTRA_AUTHORITY_URL: emulator.authorityUrl,
    PUBLISHER_TENANT_ID: identities.publisher.tenantId,
    FULFILLMENT_CLIENT_ID: identities.fulfillmentApp.clientId,
    FULFILLMENT_CLIENT_SECRET: identities.fulfillmentApp.clientSecret,
  });
  const publishers = await openPublishers(await readPublishers(config, { credential: true }), {
    authorityUrl: config.ENTRA_AUTHORITY_URL,
    baseUrl: config.MARKETPLACE_BASE_URL,
  });
  const [{ metering, fulfillment }] = publishers.all;
  const { db, log, now } = store;
  stack.use(startReadBack({ db, publishers, log, now, everyMs: 20 }));

  async function advance(ms: number): Promise<void> {
    await control.advance(ms);
    store.advance(ms);
  }

  /** A purchase that has been active for an hour, at Microsoft and here. */
  async function subscribe(): Promise<string> {
    const beneficiary = identities.people[0]?.email ?? '';
    const order = { offerId: 'analytics', planId: 'starter', beneficiary };
    const { subscriptionId } = await control.purchase(order);
    await fulfillment.activate({ subscriptionId, planId: 'starter' }, {});
    await advance(HOUR);
    return store.save({ id: subscriptionId });
  }

  /** Usage of the present hour that Microsoft accepted, and what the ledger has of it. */
  async function bill(
    subscriptionId: string,
    of: { readonly quantity: string; readonly ledger?: string | null; readonly dimension?: string },
  ): Promise<string> {
    const { quantity, ledger = quantity, dimension = 'reports' } = of;
    const hour = new Date(Math.floor(now().getTime() / HOUR) * HOUR);
    const event = { resourceId: subscriptionId, dimension, planId: 'starter', quantity };
    const [result] = await metering.postBatch([{ ...event, effectiveStartTime: hour }], {});
    expect(result?.status).toBe('Accepted');
    if (ledger !== null) {
      const row = { subscriptionId, dimension, hour, planId: 'starter', publisherId: 'contoso' };
      const moments = { firstUsedAt: hour, lastUsedAt: hour, settledAt: now() };
      await db.kysely
        .insertInto('usageHours')
        .values({ ...row, ...moments, reported: ledger, billed: ledger, state: 'settled' })
        .execute();
    }
    return result?.usageEventId ?? '';
  }

  /**
   * Waits until a run that began after this call has read everything. A run is due a day after the start of the last one,
   * which may still be reading.
   */
  async function readBack(ms = DAY): Promise<void> {
    await advance(ms);
    const nextAt = new Date(now().getTime() + DAY);
    await until('the report is read', async () => {
      const run = await db.kysely.selectFrom('readBackRuns').select('nextAt').executeTakeFirst();
      return run?.nextAt.getTime() === nextAt.getTime();
    });
  }

  async function days(subscriptionId: string) {
    const answer = await usageReadBack(db)({ subscriptionId, limit: 100 }, call);
    if ('rejected' in answer) throw new Error(answer.message);
    return answer.items;
  }

  async function incidents(subscriptionId: string) {
    const answer = await incidentHandlers(store).list({ subscriptionId, limit: 100 }, call);
    if ('rejected' in answer) throw new Error(answer.message);
    return answer.items;
  }

  const day = () => now().toISOString().slice(0, 10);
  const opened = stack.move();
  return {
    store,
    db,
    control,
    now,
    day,
    advance,
    subscribe,
    bill,
    readBack,
    days,
    incidents,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

test('a day agrees once Microsoft has processed what it accepted', async () => {
  const subscriptionId = await market.subscribe();
  const day = market.day();
  await market.bill(subscriptionId, { quantity: '10.25' });

  await market.readBack();
  expect(await market.days(subscriptionId)).toMatchObject([
    { day, ours: '10.25', submitted: '10.25', reconStatus: 'Submitted', verdict: 'processing' },
  ]);

  await market.readBack(2 * DAY);
  expect(await market.days(subscriptionId)).toMatchObject([
    { day, ours: '10.25', processed: '10.25', reconStatus: 'Accepted', verdict: 'agrees' },
  ]);
  expect(await market.incidents(subscriptionId)).toEqual([]);
});

test('a mismatch opens one incident, and settles by itself when the report agrees', async () => {
  const subscriptionId = await market.subscribe();
  const recon = { subscriptionId, dimension: 'reports', day: market.day() };
  await market.bill(subscriptionId, { quantity: '10' });
  await market.control.setUsageRecon({ ...recon, reconStatus: 'Mismatch' });

  await market.readBack(3 * DAY);
  await market.readBack();
  const [incident, ...others] = await market.incidents(subscriptionId);
  expect(incident).toMatchObject({ kind: 'mismatch', day: recon.day, ours: '10', theirs: '5' });
  expect(incident?.message).toContain('support case');
  expect(others).toEqual([]);

  await market.control.setUsageRecon({ ...recon, reconStatus: null });
  await market.readBack(20 * DAY);
  expect(await market.incidents(subscriptionId)).toMatchObject([
    { id: incident?.id, settledBy: 'landfall', reason: expect.stringContaining('agrees') },
  ]);
});

test('an incident that a person settled stays settled, whatever the report says later', async () => {
  const subscriptionId = await market.subscribe();
  const recon = { subscriptionId, dimension: 'reports', day: market.day() };
  await market.bill(subscriptionId, { quantity: '10' });
  await market.control.setUsageRecon({ ...recon, reconStatus: 'Rejected' });
  await market.readBack(3 * DAY);
  const [incident] = await market.incidents(subscriptionId);
  expect(incident).toMatchObject({ kind: 'rejected', ours: '10', theirs: '0' });

  const settled = { incidentId: incident?.id ?? '', reason: 'refunded' };
  await incidentHandlers(market.store).settle(settled, call);
  await market.readBack();

  expect(await market.incidents(subscriptionId)).toMatchObject([
    { settledBy: 'key operator', reason: 'refunded' },
  ]);
});

test('tests that are not billed and statuses that are not known are shown and raise nothing', async () => {
  const subscriptionId = await market.subscribe();
  const day = market.day();
  await market.bill(subscriptionId, { quantity: '1', dimension: 'reports' });
  await market.bill(subscriptionId, { quantity: '2', dimension: 'api-calls' });
  const recon = { subscriptionId, day };
  await market.control.setUsageRecon({ ...recon, dimension: 'reports', reconStatus: 'DryRun' });
  await market.control.setUsageRecon({
    ...recon,
    dimension: 'api-calls',
    reconStatus: 'Certified',
    processedQuantity: '2',
  });

  await market.readBack(3 * DAY);

  expect(await market.days(subscriptionId)).toMatchObject([
    { dimension: 'api-calls', reconStatus: 'Certified', verdict: 'agrees' },
    { dimension: 'reports', reconStatus: 'DryRun', verdict: 'not-billed' },
  ]);
  expect(await market.incidents(subscriptionId)).toEqual([]);
});

test('accepted usage that the report does not have is missing after two days, not before', async () => {
  const subscriptionId = await market.subscribe();
  const usageEventId = await market.bill(subscriptionId, { quantity: '4' });
  await market.control.setUsageMissing(usageEventId);

  await market.readBack();
  expect(await market.days(subscriptionId)).toMatchObject([{ verdict: 'processing' }]);
  await market.readBack(2 * DAY);

  const [found] = await market.days(subscriptionId);
  expect(found).toMatchObject({ ours: '4', verdict: 'missing' });
  expect(found?.reconStatus).toBeUndefined();
  expect(await market.incidents(subscriptionId)).toMatchObject([{ kind: 'missing', ours: '4' }]);
});

test('usage that Landfall did not send is found', async () => {
  const subscriptionId = await market.subscribe();
  await market.bill(subscriptionId, { quantity: '7', ledger: null });

  await market.readBack(3 * DAY);

  expect(await market.days(subscriptionId)).toMatchObject([{ ours: '0', verdict: 'unknown-here' }]);
  expect(await market.incidents(subscriptionId)).toMatchObject([
    { kind: 'unknown-here', publisherId: 'contoso', theirs: '7' },
  ]);
});

test('a report that cannot be read is tried again with growing pauses', async () => {
  const { control, db, now } = market;
  await control.addFault({ endpoint: 'usageEvents', status: 404 });
  const run = () => db.kysely.selectFrom('readBackRuns').selectAll().executeTakeFirstOrThrow();
  const failed = (attempts: number) =>
    until(`run ${attempts} has failed`, async () => {
      const found = await run();
      return found.attempts >= attempts && found;
    });
  await market.advance(DAY);
  const first = await failed(1);
  expect(first.problem).toMatch(/^marketplace\./);
  expect(Number(first.nextAt) - Number(now())).toBe(5 * 60_000);
  await market.advance(5 * 60_000);
  const second = await failed(2);
  expect(Number(second.nextAt) - Number(now())).toBe(10 * 60_000);

  await control.clearFaults();
  await market.readBack(10 * 60_000);

  expect(await run()).toMatchObject({ attempts: 0, problem: null });
});

test('a report that is too large for one answer is read by dimension', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const dimension = new URL(request.url ?? '', 'http://localhost').searchParams.get('dimension');
    asked.push(dimension ?? 'all');
    const row = { usageDate: '2026-03-10T00:00:00Z', usageResourceId: crypto.randomUUID() };
    const size = dimension === null ? 17 * 1024 * 1024 : 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([{ ...row, dimension, planName: 'x'.repeat(size) }]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const tokens = { get: async () => 'token', invalidate: () => {} };
  const { metering } = createMarketplace({ baseUrl: `http://127.0.0.1:${port}/api`, tokens });
  const dimensions = async () => [
    { planId: 'starter', dimension: 'reports' },
    { planId: 'starter', dimension: 'api-calls' },
  ];

  const options = { signal: new AbortController().signal, correlationId: 'test', dimensions };
  const parts = await Array.fromAsync(readDay(metering, '2026-03-10', options));
  server.close();

  expect(parts.map(({ of }) => of?.dimension)).toEqual(['reports', 'api-calls']);
  expect(parts.map((part) => part.rest().map(({ dimension }) => dimension))).toEqual([
    ['reports'],
    ['api-calls'],
  ]);
  expect(new Set(asked)).toEqual(new Set(['all', 'reports', 'api-calls']));
});
