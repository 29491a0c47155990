import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { openTwoPublishers, PLACES, type TwoPublishers } from './two-publishers.ts';
import { factKinds, kinds, purchase, settled, subscribed, type Fixture } from './fixture.ts';

let twoPublishers: TwoPublishers;
let fixture: Fixture;
beforeEach(async () => {
  twoPublishers = await openTwoPublishers();
  ({ fixture } = twoPublishers);
});
afterEach(() => twoPublishers[Symbol.asyncDispose]());

const view = (subscriptionId: string) => twoPublishers.view(subscriptionId);

describe('two publishers in one installation', () => {
  test('buy, change, suspend and end side by side, each with its own access', async () => {
    await twoPublishers.boot();
    const [ours, theirs] = [await subscribed(fixture), await twoPublishers.subscribedLedger()];
    expect(await view(ours)).toMatchObject({ publisherId: 'contoso', offerId: 'analytics' });
    expect(await view(theirs)).toMatchObject({ publisherId: 'litware', offerId: 'ledger' });
    await fixture.control.changePlan(theirs, 'practice');
    await fixture.client.subscriptions.changePlan.mutate({
      subscriptionId: ours,
      planId: 'growth',
      approvedBy: 'Ada',
    });
    await until('both are changed', async () => {
      const [one, other] = [await view(ours), await view(theirs)];
      return one.planId === 'growth' && other.planId === 'practice';
    });
    const { plans } = await fixture.client.subscriptions.availablePlans.query({
      subscriptionId: theirs,
    });
    expect(plans.map(({ planId }) => planId).toSorted()).toEqual(['practice', 'starter']);
    await fixture.control.cancel(theirs);
    await until('one has ended', async () => (await view(theirs)).status === 'Unsubscribed');
    expect((await view(ours)).status).toBe('Subscribed');
    expect(await factKinds(fixture, theirs)).toEqual([
      'purchased',
      'activated',
      'planChanged',
      'unsubscribed',
    ]);
  });

  test("a purchase token of one is refused on the other's landing page; letter case of an address does not matter", async () => {
    await twoPublishers.boot();
    const { purchaseToken } = await fixture.control.purchase({
      offerId: 'ledger',
      planId: 'starter',
      beneficiary: 'tara@tailspin.example',
    });
    const resolve = (publisherId?: string) =>
      fixture.client.purchases.resolve.mutate({ purchaseToken, publisherId });
    const tokenInvalid = { data: { rejection: 'purchase.token-invalid' } };
    await expect(resolve('contoso')).rejects.toMatchObject(tokenInvalid);
    // The address without a publisher belongs to the first one.
    await expect(resolve()).rejects.toMatchObject(tokenInvalid);
    await expect(resolve('nobody')).rejects.toMatchObject({
      data: { rejection: 'publisher.not-found' },
    });
    for (const typed of ['LitWare', 'litware']) {
      expect(await resolve(typed)).toMatchObject({ publisherId: 'litware' });
    }
  });

  test("a notification at one webhook about the other's subscription has no effect and is logged as security", async () => {
    await twoPublishers.boot();
    const theirs = await twoPublishers.subscribedLedger();
    const before = await view(theirs);
    const { operationId } = await fixture.control.suspend(theirs);
    await until('suspended', async () => (await view(theirs)).status === 'Suspended');
    await settled(fixture, theirs);
    // Microsoft has the operation, but it was notified with another publisher's token.
    await fixture.control.addFault({ endpoint: 'webhook', drop: true });
    const reinstated = await fixture.control.reinstate(theirs);
    for (const id of [operationId, reinstated.operationId, randomUUID()]) {
      const notice = { subscriptionId: theirs, operationId: id, publisherId: 'contoso' };
      await fixture.intake.publish({ ...notice, action: 'Reinstate' });
    }
    await until('the operation is settled', async () => {
      const entries = await kinds(fixture, theirs);
      return entries.filter((kind) => kind === 'publisherContradicted').length === 3;
    });
    await settled(fixture, theirs);
    expect(await view(theirs)).toMatchObject({ status: 'Suspended', planId: before.planId });
    const timeline = await fixture.client.subscriptions.timeline.query({ subscriptionId: theirs });
    expect(JSON.stringify(timeline), "another publisher's id").not.toContain('contoso');
    const asked = await fixture.client.decisions.decide.mutate({
      notificationId: randomUUID(),
      subscriptionId: theirs,
      operationId,
      action: 'ChangePlan',
      receivedAt: new Date().toISOString(),
      publisherId: 'contoso',
    });
    expect(asked).toEqual({ answer: 'unconfirmed' });
    await fixture.control.clearFaults();
    // The genuine notification still works.
    await fixture.intake.publish({
      subscriptionId: theirs,
      operationId: reinstated.operationId,
      action: 'Reinstate',
      publisherId: 'litware',
    });
    await until('reinstated', async () => (await view(theirs)).status === 'Subscribed');
  });

  test('a notification at one webhook about an unopened purchase of the other records nothing', async () => {
    await twoPublishers.boot();
    const { subscriptionId } = await fixture.control.purchase({
      offerId: 'ledger',
      planId: 'starter',
      beneficiary: 'tara@tailspin.example',
    });
    for (const action of ['Unsubscribe', 'ChangePlan']) {
      const notice = { subscriptionId, operationId: randomUUID(), action };
      await fixture.intake.publish({ ...notice, publisherId: 'contoso' });
    }
    await until('both are refused', async () => {
      const { rows } = await fixture.db.pool.query<{ kind: string }>(
        'select kind from timeline where subscription_id = $1',
        [subscriptionId],
      );
      return rows.filter(({ kind }) => kind === 'operationUnconfirmed').length === 2;
    });
    await expect(view(subscriptionId)).rejects.toMatchObject({
      data: { rejection: 'subscription.not-found' },
    });
    // Litware's own purchase continues normally.
    const { purchaseToken } = await fixture.control.mintToken(subscriptionId);
    const opened = { purchaseToken, publisherId: 'litware' };
    expect(await fixture.client.purchases.resolve.mutate(opened)).toMatchObject({
      publisherId: 'litware',
    });
  });

  test('a notification of an unknown purchase is read with the access of the publisher it came to', async () => {
    await twoPublishers.boot();
    const { subscriptionId } = await fixture.control.purchase({
      offerId: 'ledger',
      planId: 'starter',
      beneficiary: 'tara@tailspin.example',
    });
    await twoPublishers.litware.activate({ subscriptionId, planId: 'starter' }, {});
    await until('active at Microsoft', async () => {
      return (await fixture.control.subscription(subscriptionId)).status === 'Subscribed';
    });
    await fixture.control.suspend(subscriptionId);
    await until('known and suspended', async () => {
      const seen = await view(subscriptionId).catch(() => undefined);
      return seen?.status === 'Suspended' && seen.publisherId === 'litware';
    });
  });
});

describe('one publisher', () => {
  test('with a refused secret delays only its own work, until its file is rotated', async () => {
    await twoPublishers.writeSecret('contoso', 'expired-long-ago');
    await twoPublishers.boot();
    const theirs = await twoPublishers.subscribedLedger();
    await fixture.control.suspend(theirs);
    await until('the other goes on', async () => (await view(theirs)).status === 'Suspended');

    const status = () => fixture.client.credentials.status.query({});
    await until('each failure is reported separately', async () => {
      const { state, publishers } = await status();
      const states = publishers.map((one) => [one.publisherId, one.state]);
      return state === 'rejected' && String(states) === 'contoso,rejected,litware,ok';
    });
    await fixture.intake.publish({
      subscriptionId: randomUUID(),
      operationId: randomUUID(),
      action: 'Unsubscribe',
      publisherId: 'contoso',
    });
    await until('its task waits', async () => {
      const { rowCount } = await fixture.db.pool.query(
        "select 1 from tasks where last_error = 'credentials.rejected' and attempts = 0",
      );
      return rowCount === 1;
    });
    await twoPublishers.writeSecret(
      'contoso',
      fixture.emulator.identities.fulfillmentApp.clientSecret,
    );
    const ours = await purchase(fixture);
    expect(await view(ours)).toMatchObject({ publisherId: 'contoso' });
    await until('all work is done', async () => (await status()).state === 'ok');
  });

  test('with a slow API takes no places from the other', async () => {
    await twoPublishers.boot();
    for (let place = 0; place < PLACES; place += 1) {
      await fixture.control.addFault({ endpoint: 'getOperation', hold: true });
      const ids = { subscriptionId: randomUUID(), operationId: randomUUID() };
      await fixture.intake.publish({ ...ids, action: 'ChangePlan', publisherId: 'contoso' });
    }
    const heldLanes = async () => {
      const { rows } = await fixture.db.pool.query<{ held: number }>(
        `select count(*)::int as held from lanes where lease_until is not null
          and publisher_id = 'contoso'`,
      );
      return rows[0]?.held;
    };
    await until('every place of the one is taken', async () => (await heldLanes()) === PLACES);
    const theirs = await twoPublishers.subscribedLedger();
    expect((await view(theirs)).status).toBe('Subscribed');
    expect(await heldLanes()).toBe(PLACES);
    await fixture.control.clearFaults();
    await until('all are free again', async () => (await heldLanes()) === 0);
  });
});

describe('reconciliation', () => {
  test("compares each publisher's list with its own records, and heals with its own access", async () => {
    await twoPublishers.boot();
    const [ours, theirs] = [await subscribed(fixture), await twoPublishers.subscribedLedger()];
    // An open task of the purchase would read the cancellation before the reconciliation does.
    await settled(fixture, theirs);
    await fixture.control.addFault({ endpoint: 'webhook', drop: true });
    await fixture.control.cancel(theirs);
    const unknown = await fixture.control.purchase({
      offerId: 'ledger',
      planId: 'practice',
      beneficiary: 'ada@fabrikam.example',
    });
    const first = await fixture.client.reconciliation.start.mutate({});
    expect(first).toMatchObject({ publisherId: 'contoso' });
    const [other = ''] = first.alsoStarted ?? [];
    expect(await twoPublishers.runOf(first.runId)).toMatchObject({
      state: 'completed',
      listed: 1,
      drifted: 0,
    });
    expect(await twoPublishers.runOf(other)).toMatchObject({
      publisherId: 'litware',
      state: 'completed',
      listed: 2,
      drifted: 1,
      healed: 1,
      unopened: 1,
    });
    expect((await view(theirs)).status).toBe('Unsubscribed');
    expect(await view(unknown.subscriptionId)).toMatchObject({ publisherId: 'litware' });
    expect((await view(ours)).status).toBe('Subscribed');
  });

  test('that fails for one publisher does not stop the other, and an empty list is an alarm for its own publisher only', async () => {
    await twoPublishers.boot();
    const theirs = await twoPublishers.subscribedLedger();
    await fixture.db.pool.query(
      `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, state, version,
        created_at) select $1, 'contoso', offer_id, plan_id, status,
        jsonb_set(jsonb_set(state, '{id}', to_jsonb($1::text)), '{publisherId}', '"contoso"'),
        version, created_at from subscriptions where id = $2`,
      [randomUUID(), theirs],
    );
    const started = await fixture.client.reconciliation.start.mutate({});
    const [other = ''] = started.alsoStarted ?? [];
    expect(await twoPublishers.runOf(started.runId)).toMatchObject({
      state: 'failed',
      failure: 'empty-list',
    });
    expect(await twoPublishers.runOf(other)).toMatchObject({
      state: 'completed',
      listed: 1,
      unchanged: 1,
    });

    const alone = await fixture.client.reconciliation.start.mutate({ publisherId: 'litware' });
    expect(alone).toMatchObject({ publisherId: 'litware' });
    expect(alone.alsoStarted).toBeUndefined();
    expect(await twoPublishers.runOf(alone.runId)).toMatchObject({ state: 'completed' });
  });
});
