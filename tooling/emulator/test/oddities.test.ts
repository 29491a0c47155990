import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../src/market/constants.ts';
import { ODDITIES, type Oddity } from '../src/market/oddities.ts';
import { ADA, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => void (world = await startWorld()));
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.fresh());

const BASE = '/saas/subscriptions';
const UNKNOWN = '11111111-2222-4333-8444-555555555555';

const get = async (path: string): Promise<unknown> => {
  const { status, text, json } = await world.api('GET', path);
  return [status, json ?? text];
};

async function buy(
  offerId: string,
  planId: string,
): Promise<{ subscriptionId: string; purchaseToken: string }> {
  return world.emulator.control.purchase({ offerId, planId, beneficiary: ADA });
}

/** The body of the only notification that an action sends. */
// oxlint-disable-next-line typescript/no-explicit-any -- the test names the fields it expects
async function notified(act: (id: string) => Promise<unknown>, planId = 'standard'): Promise<any> {
  const isFlat = planId === 'starter';
  const id = await world.subscribed(
    isFlat ? { offerId: 'analytics', planId, quantity: undefined } : { planId },
  );
  await act(id);
  await world.emulator.control.advance(0);
  return world.receiver.received.map((one) => one.body);
}

/** What can be seen of each oddity; ids and times differ from run to run and are taken out. */
const SEEN: Partial<Record<Oddity, () => Promise<unknown>>> = {
  unknownOperationStatus: async () =>
    get(`${BASE}/${await world.subscribed()}/operations/${UNKNOWN}`),
  operationsListUnknownSubscription: () => get(`${BASE}/${UNKNOWN}/operations`),
  operationsListShape: async () => get(`${BASE}/${await world.subscribed()}/operations`),
  operationsListLag: async () => {
    const id = await world.subscribed();
    await world.emulator.control.changeQuantity(id, 11);
    return ((await world.api('GET', `${BASE}/${id}/operations`)).json.operations as unknown[])
      .length;
  },
  operationStatusWord: async () => {
    const id = await world.subscribed();
    const { operationId } = await world.emulator.control.renew(id);
    return (await world.api('GET', `${BASE}/${id}/operations/${operationId}`)).json.status;
  },
  activatePlanCheck: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    const answer = await world.api('POST', `${BASE}/${subscriptionId}/activate`, {
      body: { planId: 'pro' },
    });
    return answer.status;
  },
  activateSubscribed: async () =>
    (await world.api('POST', `${BASE}/${await world.subscribed()}/activate`)).status,
  listEmpty: () => get(BASE),
  listLastPage: async () => {
    await buy('pulse', 'starter');
    return Object.keys((await world.api('GET', BASE)).json);
  },
  listPageSize: async () => {
    for (let bought = 0; bought < 90; bought += 1) await buy('pulse', 'starter');
    return (await world.api('GET', BASE)).json.subscriptions.length;
  },
  listNextLink: async () => {
    for (let bought = 0; bought < 101; bought += 1) await buy('pulse', 'starter');
    return (await world.api('GET', BASE)).json['@nextLink'].startsWith('http:// http://');
  },
  availablePlansUnknown: () => get(`${BASE}/${UNKNOWN}/listAvailablePlans`),
  availablePlansCurrent: async () => {
    const { json } = await world.api(
      'GET',
      `${BASE}/${await world.subscribed()}/listAvailablePlans`,
    );
    return json.plans.map((plan: { planId: string }) => plan.planId);
  },
  subscriptionQuantity: async () =>
    (await world.api('GET', `${BASE}/${await world.subscribed()}`)).json.quantity,
  subscriptionDates: async () =>
    (await world.api('GET', `${BASE}/${await world.subscribed()}`)).json.term.startDate.length,
  subscriptionPadding: async () =>
    (await world.api('GET', `${BASE}/${await world.subscribed()}`)).json.saasSubscriptionStatus,
  subscriptionFields: async () =>
    Object.keys((await world.api('GET', `${BASE}/${await world.subscribed()}`)).json),
  subscriptionPeople: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    return Object.keys((await world.api('GET', `${BASE}/${subscriptionId}`)).json);
  },
  listIdCase: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    const { json } = await world.api('GET', BASE);
    return json.subscriptions[0].id === subscriptionId;
  },
  termStart: async () =>
    (await world.api('GET', `${BASE}/${await world.subscribed()}`)).json.term.startDate,
  termEnd: async () => {
    const { term } = (await world.api('GET', `${BASE}/${await world.subscribed()}`)).json;
    return term.startDate === term.endDate;
  },
  seatsAfterEnd: async () => {
    const id = await world.subscribed();
    await world.emulator.control.cancel(id);
    return (await world.api('GET', `${BASE}/${id}`)).json.quantity ?? 'gone';
  },
  purchaseTokenLife: async () => {
    const { purchaseToken } = await buy('pulse', 'starter');
    await world.emulator.control.advance(HOUR_MS);
    const headers = { 'x-ms-marketplace-token': purchaseToken };
    return (await world.api('POST', `${BASE}/resolve`, { headers })).status;
  },
  suspendSnapshot: async () =>
    (await notified((id) => world.emulator.control.suspend(id)))[0].subscription
      .saasSubscriptionStatus,
  flatRateQuantity: async () =>
    (await notified((id) => world.emulator.control.renew(id), 'starter'))[0].quantity,
  requestSourceKey: async () =>
    Object.keys((await notified((id) => world.emulator.control.renew(id)))[0]).includes(
      'operationRequestSource',
    ),
  notificationShape: async () =>
    Object.keys((await notified((id) => world.emulator.control.renew(id)))[0]).length,
  notificationEncoding: async () => {
    await notified((id) => world.emulator.control.renew(id));
    return world.receiver.received[0]?.headers['content-encoding'];
  },
  notificationKeys: async () =>
    Object.keys((await notified((id) => world.emulator.control.renew(id)))[0])[0],
  recordLag: async () => {
    const id = await world.subscribed();
    await world.emulator.control.suspend(id);
    return (await world.api('GET', `${BASE}/${id}`)).json.saasSubscriptionStatus;
  },
  firstGetLate: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    return (await world.api('GET', `${BASE}/${subscriptionId}`)).status;
  },
  getOperationLate: async () => {
    const id = await world.subscribed();
    const { operationId } = await world.emulator.control.renew(id);
    return (await world.api('GET', `${BASE}/${id}/operations/${operationId}`)).status;
  },
  notificationId: async () =>
    (await notified((id) => world.emulator.control.renew(id)))[0].id.startsWith('org:'),
  pendingCancel: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    await world.api('DELETE', `${BASE}/${subscriptionId}`);
    await world.emulator.control.advance(HOUR_MS);
    return (await world.emulator.control.subscription(subscriptionId)).status;
  },
  renewalNotice: async () =>
    (await notified((id) => world.emulator.control.renew(id))).map(
      (body: { action: string }) => body.action,
    ),
  pendingEndNotice: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    await world.emulator.control.cancel(subscriptionId);
    await world.emulator.control.advance(0);
    return world.receiver.received.length;
  },
  reinstateNeedsAnswer: async () => {
    const id = await world.subscribed();
    await world.emulator.control.suspend(id);
    await world.emulator.control.reinstate(id);
    await world.emulator.control.advance(0);
    return (await world.emulator.control.subscription(id)).status;
  },
};

/** Shown where the behaviour itself is tested. */
const ELSEWHERE: ReadonlySet<string> = new Set<Oddity>([
  'authFailureStatus',
  'junkOperationStatus',
  'refuseByPatch',
  'partnerPatch',
  'partnerWebhook',
  'unansweredChange',
  'refusedChange',
]);

test('a lagging record shows each state for as long as it was in force, and no other state', async () => {
  await world.emulator.control.updateSettings({
    oddities: { recordLag: 'measured' },
    recordLagMs: [2_000],
  });
  const id = await world.subscribed();
  const seen = async () => (await world.api('GET', `${BASE}/${id}`)).json.saasSubscriptionStatus;
  await world.emulator.control.advance(10_000);
  await world.emulator.control.suspend(id);
  await world.emulator.control.advance(500);
  await world.emulator.control.reinstate(id);
  expect(await seen()).toBe('Subscribed');
  await world.emulator.control.advance(1_600);
  expect(await seen()).toBe('Suspended');
  await world.emulator.control.advance(500);
  expect(await seen()).toBe('Subscribed');
});

describe.each(Object.keys(ODDITIES).filter((name) => !ELSEWHERE.has(name)))('%s', (name) => {
  test('documented and measured can be told apart', async () => {
    const see = SEEN[name as Oddity] ?? (() => Promise.resolve('nothing'));
    const documented = await see();
    await world.fresh();
    await world.emulator.control.updateSettings({ oddities: { [name]: 'measured' } });
    expect(await see()).not.toEqual(documented);
  });
});
