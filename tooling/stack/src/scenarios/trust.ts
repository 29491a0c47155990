import { until } from '@landfall/servers/wait';
import { beginReconciliation } from '../fixture/begin-reconciliation.ts';
import { expectThat, type ScenarioFixture } from '../fixture/scenario-fixture.ts';
import { buyAndActivate } from './buying.ts';
import { timelineKinds } from './purchases.ts';
import type { Scenario } from './scenario.ts';

/** Microsoft may send a notification this often if our answers are lost. */
const DELIVERIES = 5;

export const repeatedNotification: Scenario = {
  name: 'a notification delivered five times',
  guarantee: 'An operation has one effect, however often its notification is delivered',
  async play(fixture) {
    const { control } = fixture.client;
    const id = await buyAndActivate(fixture, {
      offerId: 'teamdesk',
      planId: 'standard',
      quantity: 10,
    });
    let operationId = '';
    await fixture.agreed(
      'the customer goes from 10 to 20 seats',
      id,
      { quantity: 20 },
      async () => {
        ({ operationId } = await control.changeQuantity(id, 20));
      },
    );
    await fixture.agreed(
      'the same notification arrives four more times',
      id,
      { quantity: 20 },
      async () => {
        const again = { times: DELIVERIES - 1, parallel: true };
        const { statuses } = await control.redeliver(operationId, again);
        expectThat(
          statuses.every((status) => status === 200),
          `each of them is answered 200 (${statuses.join(', ')})`,
        );
      },
    );
    await fixture.step('the timeline shows one change', async () => {
      const kinds = await timelineKinds(fixture.client, id);
      const times = kinds.filter((one) => one === 'quantityChanged').length;
      expectThat(times === 1, `one "quantityChanged", not ${times}`);
    });
  },
};

export const forgedNotification: Scenario = {
  name: 'a forged notification',
  guarantee: 'A notification has no effect unless Microsoft sent it and knows the operation',
  async play(fixture) {
    const { stack } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    const forged = JSON.stringify({
      id: crypto.randomUUID(),
      subscriptionId: id,
      action: 'Unsubscribe',
      status: 'Succeeded',
      planId: 'starter',
      timeStamp: new Date().toISOString(),
    });
    await fixture.agreed(
      'a notification without a token gets 401 and has no effect',
      id,
      { status: 'Subscribed' },
      async () => {
        const status = await callWebhook(stack.webhookUrl, forged);
        expectThat(status === 401, `the answer is 401 (${status})`);
      },
    );
    await fixture.agreed(
      'a genuine token for an unknown operation has no effect',
      id,
      { status: 'Subscribed' },
      async () => {
        const status = await callWebhook(stack.webhookUrl, forged, await marketplaceToken(fixture));
        expectThat(status === 200, `the answer is 200 (${status})`);
        await until('the notification is recorded', async () => {
          const { items } = await fixture.client.api.notifications.list.query({
            subscriptionId: id,
          });
          return items.some((one) => one.action === 'Unsubscribe') ? true : undefined;
        });
      },
    );
  },
};

export const missedUnsubscribe: Scenario = {
  name: 'a missed Unsubscribe notification',
  guarantee: 'Reconciliation finds and repairs a change whose notification never arrived',
  async play(fixture) {
    const { api, control } = fixture.client;
    const id = await buyAndActivate(fixture, { offerId: 'analytics', planId: 'starter' });
    await fixture.step('the customer cancels; the notification never arrives', async () => {
      const { id: fault } = await control.addFault({
        endpoint: 'webhook',
        subscriptionId: id,
        actions: ['Unsubscribe'],
        drop: true,
      });
      await control.cancel(id);
      await control.removeFault(fault);
      const view = await api.subscriptions.get.query({ subscriptionId: id });
      expectThat(view.status === 'Subscribed', 'Landfall still has Subscribed');
    });
    await fixture.agreed(
      'reconciliation finds the change and repairs the record',
      id,
      { status: 'Unsubscribed' },
      () => reconcile(fixture),
    );
  },
};

async function reconcile(fixture: ScenarioFixture): Promise<void> {
  const { reconciliation } = fixture.client.api;
  const publisherId = fixture.client.stack.publishers[0]?.publisherId;
  const runId = await beginReconciliation(fixture.client, publisherId);
  const run = await until('the reconciliation has completed', async () => {
    const now = await reconciliation.get.query({ runId });
    return now.state === 'running' ? undefined : now;
  });
  expectThat(
    run.state === 'completed',
    `the reconciliation completed (${run.failure ?? run.state})`,
  );
}

export async function callWebhook(url: string, body: string, token?: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body,
  });
  return response.status;
}

/** A token like the one that Microsoft sends to a publisher's webhook, from the local authority. */
export async function marketplaceToken(
  { client: { stack } }: ScenarioFixture,
  { tenantId, clientId }: { readonly tenantId: string; readonly clientId: string } = stack,
): Promise<string> {
  const { authorityUrl, marketplaceClient } = stack;
  expectThat(
    marketplaceClient !== undefined,
    'the local authority has the marketplace as a client',
  );
  const response = await fetch(`${authorityUrl}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: marketplaceClient.clientId,
      client_secret: marketplaceClient.clientSecret,
      scope: `${clientId}/.default`,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  expectThat(token !== undefined, `the authority issues a token (HTTP ${response.status})`);
  return token;
}
