import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FoundMatter, MatterKind } from '@landfall/contracts/matters';
import { offerSettings } from '@landfall/contracts/settings';
import { gatewayMatters } from '@landfall/contracts/streams';
import { until } from '@landfall/servers/wait';
import { matterTexts } from '@landfall/words/matters';
import { configSchema } from '../src/config.ts';
import { workerFinders } from '../src/matters/finders.ts';
import { hurry } from './hurry.ts';
import { kinds, openFixture, purchase, settled, subscribed, type Fixture } from './fixture.ts';
import { openReceiver } from './receiver.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A little more than the pause between two looks. */
const LOOK_MS = 11_000;

let fixture: Fixture;
let aheadMs: number;
/** Facts about matters, in order: `opened` or `closed`, and the kind. */
let published: string[];
beforeEach(async () => {
  aheadMs = 0;
  published = [];
  fixture = await openFixture();
  const facts = fixture.bus.consume(gatewayMatters, async (fact) => {
    published.push(`${'closedAt' in fact ? 'closed' : 'opened'} ${fact.kind}`);
  });
  await facts;
});
afterEach(() => fixture[Symbol.asyncDispose]());

const now = () => new Date(Date.now() + aheadMs);
const boot = (environment: Record<string, string> = {}) =>
  fixture.boot(configSchema.parse({ ...fixture.environment, ...environment }), now);

async function open(): Promise<FoundMatter[]> {
  const { rows } = await fixture.db.pool.query<{ content: FoundMatter }>(
    'select content from open_matters order by opened_at',
  );
  return rows.map(({ content }) => content);
}

/** Lets the clock reach the next look until the matter is open. */
async function opened(kind: MatterKind): Promise<FoundMatter> {
  return await until(`${kind} is open`, async () => {
    aheadMs += LOOK_MS;
    return (await open()).find((matter) => matter.kind === kind);
  });
}

async function closed(kind: MatterKind): Promise<void> {
  await until(`${kind} is closed`, async () => {
    aheadMs += LOOK_MS;
    return !(await open()).some((matter) => matter.kind === kind);
  });
  await until(`${kind} is published as closed`, () => published.includes(`closed ${kind}`));
}

/** The matter says something in every part, with its own values. */
function said(matter: FoundMatter): string {
  const texts = Object.values(matterTexts(matter, 'en'));
  expect(texts.filter((text) => text.trim() === '')).toEqual([]);
  expect(matterTexts(matter, 'en').title).not.toContain('needs your attention');
  return texts.join(' ');
}

test('a parked task is a matter until it is replayed', async () => {
  await boot();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'getOperation', status: 405, subscriptionId });
  await fixture.control.suspend(subscriptionId);
  const matter = await opened('task-parked');
  expect(matter).toMatchObject({ subscriptionId, publisherId: expect.any(String) });
  expect(said(matter)).toContain('notification');
  await fixture.control.clearFaults();
  await fixture.client.parkedTasks.replay.mutate({
    subscriptionId,
    dryRun: false,
    requestedBy: 'operator 7',
  });
  await settled(fixture, subscriptionId);
  await closed('task-parked');
  expect(published.filter((fact) => fact.endsWith('task-parked'))).toEqual([
    'opened task-parked',
    'closed task-parked',
  ]);
});

test('a failed activation is critical until the purchase is activated', async () => {
  await boot();
  const subscriptionId = await purchase(fixture);
  await fixture.control.addFault({ endpoint: 'get', status: 400, subscriptionId });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  const matter = await opened('activation-failed');
  expect(matter).toMatchObject({ subscriptionId, severity: 'critical', offerId: 'analytics' });
  expect(Date.parse(matter.dueAt ?? '') - Date.now()).toBeGreaterThan(28 * DAY_MS);
  expect(said(matter)).toContain('marketplace.bad-request');
  await fixture.control.clearFaults();
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await closed('activation-failed');
});

test('a purchase that nobody has set up is a matter in its last days, and critical on the last one', async () => {
  await boot();
  const subscriptionId = await purchase(fixture);
  aheadMs += 20 * DAY_MS;
  aheadMs += LOOK_MS;
  expect((await open()).filter(({ kind }) => kind === 'not-configured')).toEqual([]);
  aheadMs += 6 * DAY_MS;
  expect(await opened('not-configured')).toMatchObject({ subscriptionId, severity: 'warning' });
  aheadMs += 3 * DAY_MS;
  await until('it is critical', async () => {
    aheadMs += LOOK_MS;
    const matter = (await open()).find(({ kind }) => kind === 'not-configured');
    return matter?.severity === 'critical';
  });
});

test('a product that does not confirm a workspace is a matter, and one that fails is another', async () => {
  await boot();
  const settings = offerSettings.parse({ waitForProduct: true, timeoutHours: 2 });
  await fixture.client.settings.put.mutate({ offerId: 'analytics', settings });
  const subscriptionId = await purchase(fixture);
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  aheadMs += 16 * MINUTE_MS;
  expect(await opened('provisioning-waiting')).toMatchObject({ subscriptionId });
  await fixture.client.subscriptions.failProvisioning.mutate({ subscriptionId, reason: 'full' });
  await closed('provisioning-waiting');
  expect(said(await opened('activation-failed'))).toContain('full');
});

test('an active subscription without a workspace is critical until the workspace is there', async () => {
  await boot();
  const settings = offerSettings.parse({ waitForProduct: true, timeoutHours: 2 });
  await fixture.client.settings.put.mutate({ offerId: 'pulse', settings });
  const { subscriptionId, purchaseToken } = await fixture.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await fixture.client.purchases.resolve.mutate({ purchaseToken });
  await until('it is active', async () => {
    const { status } = await fixture.client.subscriptions.get.query({ subscriptionId });
    return status === 'Subscribed';
  });
  await until('the product can say that it failed', async () => {
    const failing = fixture.client.subscriptions.failProvisioning.mutate({
      subscriptionId,
      reason: 'no-capacity',
    });
    return await failing.then(
      () => true,
      () => false,
    );
  });
  expect(await opened('provisioning-failed')).toMatchObject({ severity: 'critical' });
  await fixture.client.subscriptions.confirmProvisioned.mutate({ subscriptionId });
  await closed('provisioning-failed');
});

test('a suspension is a matter in its last week, until it ends', async () => {
  await boot();
  const subscriptionId = await subscribed(fixture);
  await fixture.control.suspend(subscriptionId);
  await until('it is suspended', async () => {
    const { status } = await fixture.client.subscriptions.get.query({ subscriptionId });
    return status === 'Suspended';
  });
  aheadMs += 24 * DAY_MS;
  expect(await opened('suspension-ending')).toMatchObject({ subscriptionId });
  await fixture.control.reinstate(subscriptionId);
  await closed('suspension-ending');
});

test('notifications that cannot be taken as they are stay a matter', async () => {
  await boot();
  const subscriptionId = await subscribed(fixture);
  await fixture.intake.publish({ subscriptionId, operationId: randomUUID(), action: 'Transfer' });
  const unknown = await opened('action-unknown');
  expect(said(unknown)).toContain('Transfer');
  await fixture.intake.publish({ subscriptionId, operationId: randomUUID(), action: 'Suspend' });
  await hurry(fixture, subscriptionId, async () =>
    (await kinds(fixture, subscriptionId)).includes('operationUnconfirmed'),
  );
  expect(said(await opened('operation-unconfirmed'))).toContain('Suspend');
  aheadMs += 10 * MINUTE_MS;
  await settled(fixture, subscriptionId);
  expect((await open()).map(({ kind }) => kind)).toContain('action-unknown');
});

test('a destination that fails is a matter, and so are its dead deliveries', async () => {
  await boot();
  await using receiver = await openReceiver();
  receiver.reply = () => ({ status: 410 });
  await fixture.client.destinations.create.mutate({
    label: 'CRM',
    url: receiver.url,
    types: ['subscription.activated'],
  });
  await subscribed(fixture);
  const matter = await opened('destination-disabled');
  expect(said(matter)).toContain('CRM');
  expect(matter).toMatchObject({ subject: { type: 'destination' } });
  receiver.reply = () => ({ status: 204 });
  await fixture.client.destinations.enable.mutate({ destinationId: matter.subject.id });
  await closed('destination-disabled');
});

test('a message that a consumer gave up on is a matter until it is discarded', async () => {
  await boot();
  await fixture.bus.publishMessage('fulfillment.subscription.activated', '{}', {
    messageId: randomUUID(),
    correlationId: 'flow',
    occurredAt: new Date(),
  });
  expect(said(await opened('dead-letter'))).toContain('billing-subscriptions');
  await fixture.client.deadLetters.discard.mutate({
    durable: 'billing-subscriptions',
    dryRun: false,
    because: 'it was a test',
  });
  await closed('dead-letter');
});

test('a credential that ends soon or is refused is a matter of its publisher', async () => {
  const end = new Date(Date.now() + 10 * DAY_MS).toISOString().slice(0, 10);
  await boot({
    FULFILLMENT_CREDENTIAL_EXPIRES: end,
    FULFILLMENT_CLIENT_SECRET: 'not the one',
    PUBLISHER_ID: 'contoso',
  });
  expect(await opened('credential-ending')).toMatchObject({
    publisherId: 'contoso',
    severity: 'warning',
    dueAt: expect.stringContaining(end),
  });
  expect(said(await opened('credential-refused'))).toContain('contoso');
});

test('every statement that looks for a matter runs on an empty database', async () => {
  await boot();
  const finders = workerFinders({
    publishers: { all: [], isSole: true },
    now,
    machineNow: now,
    db: fixture.db,
    bus: fixture.bus,
  });
  const found = await fixture.db.kysely.transaction().execute(async (trx) => {
    const all = [];
    for (const finder of finders) all.push(...(await finder.find(trx, 500)));
    return all;
  });
  expect(found).toEqual([]);
});
