import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHouse, PLACES, type House } from './house.ts';
import {
  eventually,
  factKinds,
  kinds,
  purchase,
  settled,
  subscribed,
  type Stage,
} from './stage.ts';

let house: House;
let stage: Stage;
beforeEach(async () => {
  house = await openHouse();
  ({ stage } = house);
});
afterEach(() => house[Symbol.asyncDispose]());

const view = (subscriptionId: string) => house.view(subscriptionId);

describe('two publishers in one house', () => {
  test('buy, change, suspend and end side by side, each by its own access', async () => {
    await house.boot();
    const [ours, theirs] = [await subscribed(stage), await house.subscribedLedger()];
    expect(await view(ours)).toMatchObject({ publisherId: 'contoso', offerId: 'analytics' });
    expect(await view(theirs)).toMatchObject({ publisherId: 'litware', offerId: 'ledger' });
    await stage.control.changePlan(theirs, 'practice');
    await stage.client.subscriptions.changePlan.mutate({
      subscriptionId: ours,
      planId: 'growth',
      approvedBy: 'Ada',
    });
    await eventually('both are changed', async () => {
      const [one, other] = [await view(ours), await view(theirs)];
      return one.planId === 'growth' && other.planId === 'practice';
    });
    const { plans } = await stage.client.subscriptions.availablePlans.query({
      subscriptionId: theirs,
    });
    expect(plans.map(({ planId }) => planId).toSorted()).toEqual(['practice', 'starter']);
    await stage.control.cancel(theirs);
    await eventually('one has ended', async () => (await view(theirs)).status === 'Unsubscribed');
    expect((await view(ours)).status).toBe('Subscribed');
    expect(await factKinds(stage, theirs)).toEqual([
      'purchased',
      'activated',
      'planChanged',
      'unsubscribed',
    ]);
  });

  test('a purchase token of one is refused on the landing page of the other, however its own is typed', async () => {
    await house.boot();
    const { purchaseToken } = await stage.control.purchase({
      offerId: 'ledger',
      planId: 'starter',
      beneficiary: 'tara@tailspin.example',
    });
    const resolve = (publisherId?: string) =>
      stage.client.purchases.resolve.mutate({ purchaseToken, publisherId });
    const tokenInvalid = { data: { rejection: 'purchase.token-invalid' } };
    await expect(resolve('contoso')).rejects.toMatchObject(tokenInvalid);
    // The plain address is the first one's.
    await expect(resolve()).rejects.toMatchObject(tokenInvalid);
    await expect(resolve('nobody')).rejects.toMatchObject({
      data: { rejection: 'publisher.not-found' },
    });
    for (const typed of ['LitWare', 'litware']) {
      expect(await resolve(typed)).toMatchObject({ publisherId: 'litware' });
    }
  });

  test('a webhook of one about a subscription of the other has no effect and is a security entry', async () => {
    await house.boot();
    const theirs = await house.subscribedLedger();
    const before = await view(theirs);
    const { operationId } = await stage.control.suspend(theirs);
    await eventually('suspended', async () => (await view(theirs)).status === 'Suspended');
    await settled(stage, theirs);
    // Microsoft has the operation; it was told with the token of somebody else.
    await stage.control.addFault({ endpoint: 'webhook', drop: true });
    const reinstated = await stage.control.reinstate(theirs);
    for (const id of [operationId, reinstated.operationId, randomUUID()]) {
      const notice = { subscriptionId: theirs, operationId: id, publisherId: 'contoso' };
      await stage.intake.publish({ ...notice, action: 'Reinstate' });
    }
    await eventually('seen through', async () => {
      const entries = await kinds(stage, theirs);
      return entries.filter((kind) => kind === 'publisherContradicted').length === 3;
    });
    await settled(stage, theirs);
    expect(await view(theirs)).toMatchObject({ status: 'Suspended', planId: before.planId });
    const timeline = await stage.client.subscriptions.timeline.query({ subscriptionId: theirs });
    expect(JSON.stringify(timeline), "another publisher's id").not.toContain('contoso');
    const asked = await stage.client.decisions.decide.mutate({
      notificationId: randomUUID(),
      subscriptionId: theirs,
      operationId,
      action: 'ChangePlan',
      receivedAt: new Date().toISOString(),
      publisherId: 'contoso',
    });
    expect(asked).toEqual({ answer: 'unconfirmed' });
    await stage.control.clearFaults();
    // The genuine word has lost nothing by it.
    await stage.intake.publish({
      subscriptionId: theirs,
      operationId: reinstated.operationId,
      action: 'Reinstate',
      publisherId: 'litware',
    });
    await eventually('reinstated', async () => (await view(theirs)).status === 'Subscribed');
  });

  test('a webhook of one about a purchase of the other that nobody has opened yet records nothing', async () => {
    await house.boot();
    const { subscriptionId } = await stage.control.purchase({
      offerId: 'ledger',
      planId: 'starter',
      beneficiary: 'tara@tailspin.example',
    });
    for (const action of ['Unsubscribe', 'ChangePlan']) {
      const notice = { subscriptionId, operationId: randomUUID(), action };
      await stage.intake.publish({ ...notice, publisherId: 'contoso' });
    }
    await eventually('both are refused', async () => {
      const { rows } = await stage.db.pool.query<{ kind: string }>(
        'select kind from timeline where subscription_id = $1',
        [subscriptionId],
      );
      return rows.filter(({ kind }) => kind === 'operationUnconfirmed').length === 2;
    });
    await expect(view(subscriptionId)).rejects.toMatchObject({
      data: { rejection: 'subscription.not-found' },
    });
    // And Litware's own purchase goes on as if nothing had been.
    const { purchaseToken } = await stage.control.mintToken(subscriptionId);
    const opened = { purchaseToken, publisherId: 'litware' };
    expect(await stage.client.purchases.resolve.mutate(opened)).toMatchObject({
      publisherId: 'litware',
    });
  });

  test('a notification of an unknown purchase is read with the access of the publisher it came to', async () => {
    await house.boot();
    const { subscriptionId } = await stage.control.purchase({
      offerId: 'ledger',
      planId: 'starter',
      beneficiary: 'tara@tailspin.example',
    });
    await house.litware.activate({ subscriptionId, planId: 'starter' }, {});
    await eventually('active at Microsoft', async () => {
      return (await stage.control.subscription(subscriptionId)).status === 'Subscribed';
    });
    await stage.control.suspend(subscriptionId);
    await eventually('known and suspended', async () => {
      const seen = await view(subscriptionId).catch(() => undefined);
      return seen?.status === 'Suspended' && seen.publisherId === 'litware';
    });
  });
});

describe('trouble of one publisher', () => {
  test('with its secret holds up its own work alone, and a rotation of its file ends it', async () => {
    await house.writeSecret('contoso', 'expired-long-ago');
    await house.boot();
    const theirs = await house.subscribedLedger();
    await stage.control.suspend(theirs);
    await eventually('the other goes on', async () => (await view(theirs)).status === 'Suspended');

    const status = () => stage.client.credentials.status.query({});
    await eventually('each is told by itself', async () => {
      const { state, publishers } = await status();
      const states = publishers.map((one) => [one.publisherId, one.state]);
      return state === 'rejected' && String(states) === 'contoso,rejected,litware,ok';
    });
    await stage.intake.publish({
      subscriptionId: randomUUID(),
      operationId: randomUUID(),
      action: 'Unsubscribe',
      publisherId: 'contoso',
    });
    await eventually('its task waits', async () => {
      const { rowCount } = await stage.db.pool.query(
        "select 1 from tasks where last_error = 'credentials.rejected' and attempts = 0",
      );
      return rowCount === 1;
    });
    await house.writeSecret('contoso', stage.emulator.identities.fulfillmentApp.clientSecret);
    const ours = await purchase(stage);
    expect(await view(ours)).toMatchObject({ publisherId: 'contoso' });
    await eventually('all is well', async () => (await status()).state === 'ok');
  });

  test('with a slow API takes no place of the other', async () => {
    await house.boot();
    for (let place = 0; place < PLACES; place += 1) {
      await stage.control.addFault({ endpoint: 'getOperation', hold: true });
      const ids = { subscriptionId: randomUUID(), operationId: randomUUID() };
      await stage.intake.publish({ ...ids, action: 'ChangePlan', publisherId: 'contoso' });
    }
    const heldLanes = async () => {
      const { rows } = await stage.db.pool.query<{ held: number }>(
        'select count(*)::int as held from lanes where lease_until is not null',
      );
      return rows[0]?.held;
    };
    await eventually('every place of the one is taken', async () => (await heldLanes()) === PLACES);
    const theirs = await house.subscribedLedger();
    expect((await view(theirs)).status).toBe('Subscribed');
    expect(await heldLanes()).toBe(PLACES);
    await stage.control.clearFaults();
    await eventually('all are free again', async () => (await heldLanes()) === 0);
  });
});

describe('reconciliation', () => {
  test("compares each publisher's list with its own records, and heals with its own access", async () => {
    await house.boot();
    const [ours, theirs] = [await subscribed(stage), await house.subscribedLedger()];
    await stage.control.addFault({ endpoint: 'webhook', drop: true });
    await stage.control.cancel(theirs);
    const unknown = await stage.control.purchase({
      offerId: 'ledger',
      planId: 'practice',
      beneficiary: 'ada@fabrikam.example',
    });
    const first = await stage.client.reconciliation.start.mutate({});
    expect(first).toMatchObject({ publisherId: 'contoso' });
    const [other = ''] = first.alsoStarted ?? [];
    expect(await house.runOf(first.runId)).toMatchObject({
      state: 'completed',
      listed: 1,
      drifted: 0,
    });
    expect(await house.runOf(other)).toMatchObject({
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

  test('of one that fails does not stop the other, and an empty list is the alarm of its own', async () => {
    await house.boot();
    const theirs = await house.subscribedLedger();
    await stage.db.pool.query(
      `insert into subscriptions (id, publisher_id, offer_id, plan_id, status, state, version,
        created_at) select $1, 'contoso', offer_id, plan_id, status,
        jsonb_set(jsonb_set(state, '{id}', to_jsonb($1::text)), '{publisherId}', '"contoso"'),
        version, created_at from subscriptions where id = $2`,
      [randomUUID(), theirs],
    );
    const started = await stage.client.reconciliation.start.mutate({});
    const [other = ''] = started.alsoStarted ?? [];
    expect(await house.runOf(started.runId)).toMatchObject({
      state: 'failed',
      failure: 'empty-list',
    });
    expect(await house.runOf(other)).toMatchObject({ state: 'completed', listed: 1, unchanged: 1 });

    const alone = await stage.client.reconciliation.start.mutate({ publisherId: 'litware' });
    expect(alone).toMatchObject({ publisherId: 'litware' });
    expect(alone.alsoStarted).toBeUndefined();
    expect(await house.runOf(alone.runId)).toMatchObject({ state: 'completed' });
  });
});
