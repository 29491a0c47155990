import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import {
  factKinds,
  kinds,
  openFixture,
  personOf,
  purchase,
  settled,
  type Fixture,
} from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });

test('a purchase is recorded once, however often its page is opened', async () => {
  const { subscriptionId, purchaseToken } = await fixture.control.purchase({
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 5,
    beneficiary: 'ada@fabrikam.example',
  });
  const visits = Array.from({ length: 5 }, () =>
    fixture.client.purchases.resolve.mutate({ purchaseToken }),
  );
  const views = await Promise.all(visits);
  expect(new Set(views.map(({ id }) => id))).toEqual(new Set([subscriptionId]));
  expect(views[0]).toMatchObject({
    status: 'PendingFulfillmentStart',
    planId: 'basic',
    quantity: 5,
    publisherId: 'contoso',
    channel: 'direct',
    activation: { state: 'none' },
  });
  expect(await kinds(fixture, subscriptionId)).toEqual(['purchased']);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased']);
});

test('a damaged purchase token is refused with a code', async () => {
  await expect(
    fixture.client.purchases.resolve.mutate({ purchaseToken: 'damaged' }),
  ).rejects.toMatchObject({ data: { rejection: 'purchase.token-invalid' } });
});

test.each([
  [400, { error: { code: 'BadRequest', message: 'The token is invalid.' } }],
  [404, { code: 'EntityNotFound', message: 'Not found.' }],
])('a token that Resolve refuses once with %d is resolved', async (status, body) => {
  const { subscriptionId, purchaseToken } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  await fixture.control.addFault({ endpoint: 'resolve', status, body, count: 1 });
  const resolved = await fixture.client.purchases.resolve.mutate({ purchaseToken });
  expect(resolved.id).toBe(subscriptionId);
});

test('an activation is published only after Microsoft has confirmed it', async () => {
  const subscriptionId = await purchase(fixture);
  const asked = await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  expect(asked).toMatchObject({
    status: 'PendingFulfillmentStart',
    activation: { state: 'requested' },
  });
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  await settled(fixture, subscriptionId);
  expect((await view(subscriptionId)).activation.state).toBe('confirmed');
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('two confirmations at once are one activation', async () => {
  const subscriptionId = await purchase(fixture);
  const ask = () =>
    fixture.client.subscriptions.activate.mutate({
      subscriptionId,
      claimedBy: personOf(fixture),
      answers: { company: 'Fabrikam' },
    });
  await Promise.all([ask(), ask(), ask()]);
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  const again = await ask();
  expect(again.status).toBe('Subscribed');
  await settled(fixture, subscriptionId);
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind === 'activationRequested')).toHaveLength(1);
  expect(said.filter((kind) => kind === 'activationSent')).toHaveLength(1);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('an activation that Microsoft confirms late is "confirming" until then, and is sent once', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.updateSettings({ activationDelayMs: 60_000 });
  try {
    await fixture.client.subscriptions.activate.mutate({ subscriptionId });
    await until('confirming', async () => {
      return (await view(subscriptionId)).activation.state === 'confirming';
    });
    expect((await view(subscriptionId)).status).toBe('PendingFulfillmentStart');
    await fixture.control.advance(61_000);
    await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  } finally {
    await fixture.control.updateSettings({ activationDelayMs: 200 });
  }
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind === 'activationSent')).toHaveLength(1);
});

test('an activation that fails at Microsoft is published as failed and ended', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.updateSettings({ activationFails: true });
  try {
    await fixture.client.subscriptions.activate.mutate({ subscriptionId });
    await until('ended', async () => (await view(subscriptionId)).status === 'Unsubscribed');
  } finally {
    await fixture.control.updateSettings({ activationFails: false });
  }
  expect(await view(subscriptionId)).toMatchObject({ activation: { state: 'failed' } });
  await settled(fixture, subscriptionId);
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts).toContain('unsubscribed');
  expect(facts).toContain('activationFailed');
  expect(facts).not.toContain('activated');
});

test('an answer that is lost after the activation does not activate twice', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.addFault({
    endpoint: 'activate',
    drop: true,
    afterEffect: true,
    subscriptionId,
  });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  await fixture.control.clearFaults();
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('an activation outlasts an outage of Microsoft', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.addFault({ endpoint: 'get', status: 500, subscriptionId });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('a failed try', async () => {
    const row = await fixture.db.kysely
      .selectFrom('tasks')
      .select('attempts')
      .where('subscriptionId', '=', subscriptionId)
      .where('attempts', '>', 0)
      .executeTakeFirst();
    return row !== undefined;
  });
  await fixture.control.clearFaults();
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
});

test('an auto-activated purchase becomes known by its notification and is never activated by us', async () => {
  const { subscriptionId, purchaseToken } = await fixture.control.purchase({
    offerId: 'pulse',
    planId: 'essential',
    beneficiary: 'tara@tailspin.example',
  });
  await until('known', async () => {
    const { items } = await fixture.client.subscriptions.list.query({
      offerId: 'pulse',
      limit: 200,
    });
    return items.some(({ id }) => id === subscriptionId);
  });
  await fixture.client.purchases.resolve.mutate({ purchaseToken });
  const claimedBy = personOf(fixture, 'tara@tailspin.example');
  const claimed = await fixture.client.subscriptions.activate.mutate({ subscriptionId, claimedBy });
  expect(claimed).toMatchObject({ status: 'Subscribed', claimedBy });
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated', 'claimed']);
  expect(await kinds(fixture, subscriptionId)).not.toContain('activationRequested');
});

test('an ended subscription is not activated', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.cancel(subscriptionId);
  await fixture.intake.publish({ subscriptionId, action: 'Unsubscribe' });
  await until('ended', async () => (await view(subscriptionId)).status === 'Unsubscribed');
  await expect(
    fixture.client.subscriptions.activate.mutate({ subscriptionId }),
  ).rejects.toMatchObject({ data: { rejection: 'subscription.ended' } });
});

test('the list is paged without gaps, and a foreign cursor is refused', async () => {
  const all = await fixture.client.subscriptions.list.query({ limit: 200 });
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await fixture.client.subscriptions.list.query({ limit: 2, cursor });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(ids).toEqual(all.items.map(({ id }) => id));
  for (const foreign of ['nonsense', Buffer.from('{"at":1}').toString('base64url')]) {
    await expect(
      fixture.client.subscriptions.list.query({ cursor: foreign }),
    ).rejects.toMatchObject({
      data: { rejection: 'cursor.invalid' },
    });
  }
});

const activations = async (subscriptionId: string) => {
  const said = await kinds(fixture, subscriptionId);
  return said.filter((kind) => kind.startsWith('activation'));
};

test('an activation that Microsoft refuses while processing it ends as active, not failed', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.addFault({
    endpoint: 'activate',
    status: 400,
    afterEffect: true,
    subscriptionId,
  });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  await fixture.control.clearFaults();
  await settled(fixture, subscriptionId);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('an activation with a lost answer waits for Microsoft, which refuses a second one', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.updateSettings({ activationDelayMs: 360_000 });
  try {
    const lost = { endpoint: 'activate', drop: true, afterEffect: true, subscriptionId } as const;
    await fixture.control.addFault(lost);
    await fixture.client.subscriptions.activate.mutate({ subscriptionId });
    await until('a lost answer', async () => {
      const { rows } = await fixture.db.pool.query(
        `select 1 from tasks where subscription_id = $1 and kind = 'activate' and attempts > 0`,
        [subscriptionId],
      );
      return rows.length > 0;
    });
    await fixture.control.clearFaults();
    await fixture.control.addFault({ endpoint: 'activate', status: 400, subscriptionId });
    await until('confirming', async () => {
      return (await view(subscriptionId)).activation.state === 'confirming';
    });
    await fixture.control.advance(361_000);
    await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  } finally {
    await fixture.control.clearFaults();
    await fixture.control.updateSettings({ activationDelayMs: 200 });
  }
  await settled(fixture, subscriptionId);
  expect(await activations(subscriptionId)).toEqual(['activationRequested', 'activationSent']);
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('a refused activation is published as failed, and can be requested again', async () => {
  const subscriptionId = await purchase(fixture);
  await fixture.control.addFault({ endpoint: 'get', status: 400, subscriptionId });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  // A reading that can never succeed: the task is parked, and the activation fails with it.
  await until('failed', async () => (await view(subscriptionId)).activation.state === 'failed');
  expect((await view(subscriptionId)).activation.failure).toBe('marketplace.bad-request');
  await fixture.control.clearFaults();
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  await settled(fixture, subscriptionId);
  const facts = await factKinds(fixture, subscriptionId);
  expect(facts).toEqual(['purchased', 'activationFailed', 'activated']);
});

test('a purchase that Microsoft activates while the form is open is not activated again', async () => {
  const subscriptionId = await purchase(fixture);
  const { planId } = await view(subscriptionId);
  const call = { correlationId: subscriptionId };
  await fixture.marketplace.activate({ subscriptionId, planId }, call);
  await until('active at Microsoft', async () => {
    return (await fixture.control.subscription(subscriptionId)).status === 'Subscribed';
  });
  // Microsoft would refuse a second one, and a fault would show the call.
  await fixture.control.addFault({ endpoint: 'activate', status: 500, subscriptionId });
  const subscribeTold = fixture.intake.publish({ subscriptionId, action: 'Subscribe' });
  await fixture.client.subscriptions.activate.mutate({ subscriptionId });
  await subscribeTold;
  await until('active', async () => (await view(subscriptionId)).status === 'Subscribed');
  await settled(fixture, subscriptionId);
  await fixture.control.clearFaults();
  expect(await activations(subscriptionId)).not.toContain('activationSent');
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('a renewal of an unopened purchase records it as it is', async () => {
  const { subscriptionId } = await fixture.control.purchase({
    offerId: 'analytics',
    planId: 'starter',
    beneficiary: 'ada@fabrikam.example',
  });
  const call = { correlationId: subscriptionId };
  await fixture.marketplace.activate({ subscriptionId, planId: 'starter' }, call);
  await until('active at Microsoft', async () => {
    return (await fixture.control.subscription(subscriptionId)).status === 'Subscribed';
  });
  await fixture.control.renew(subscriptionId);
  await until('known', async () => {
    const known = await view(subscriptionId).catch(() => undefined);
    return known?.status === 'Subscribed';
  });
  await settled(fixture, subscriptionId);
  expect((await view(subscriptionId)).claimedBy).toBeUndefined();
  expect(await factKinds(fixture, subscriptionId)).toEqual(['purchased', 'activated']);
});

test('no fact and no timeline holds an address or a name', async () => {
  expect(JSON.stringify(fixture.facts)).not.toMatch(/@|Ada|Tara/);
  const { rows } = await fixture.db.pool.query('select details::text from timeline');
  expect(JSON.stringify(rows)).not.toMatch(/@|Ada|Tara/);
});
