import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../src/market/constants.ts';
import { ODDITIES, type Oddity } from '../src/market/oddities.ts';
import { ADA, startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const BASE = '/saas/subscriptions';
const UNKNOWN = '11111111-2222-4333-8444-555555555555';

const get = async (path: string): Promise<unknown> => {
  const { status, text, json } = await fixture.api('GET', path);
  return [status, json ?? text];
};

async function buy(
  offerId: string,
  planId: string,
): Promise<{ subscriptionId: string; purchaseToken: string }> {
  return fixture.emulator.control.purchase({ offerId, planId, beneficiary: ADA });
}

/** A term of a plan that includes nothing of some dimensions. */
async function scaleTerm(): Promise<unknown> {
  const { subscriptionId } = await buy('analytics', 'scale');
  const { json } = await fixture.api(
    'GET',
    `${BASE}/${subscriptionId}/listAvailablePlans?planId=scale`,
  );
  return json.plans[0].planComponents.recurrentBillingTerms[0];
}

/** The body of the only notification that an action sends. */
// oxlint-disable-next-line typescript/no-explicit-any -- the test names the fields it expects
async function notified(act: (id: string) => Promise<unknown>, planId = 'standard'): Promise<any> {
  const isFlat = planId === 'starter';
  const id = await fixture.subscribed(
    isFlat ? { offerId: 'analytics', planId, quantity: undefined } : { planId },
  );
  await act(id);
  await fixture.emulator.control.advance(0);
  return fixture.receiver.received.map((one) => one.body);
}

/** What a caller sees of each oddity, without ids and times, which differ from run to run. */
const SEEN: Partial<Record<Oddity, () => Promise<unknown>>> = {
  unknownOperationStatus: async () =>
    get(`${BASE}/${await fixture.subscribed()}/operations/${UNKNOWN}`),
  operationsListUnknownSubscription: () => get(`${BASE}/${UNKNOWN}/operations`),
  operationsListShape: async () => get(`${BASE}/${await fixture.subscribed()}/operations`),
  operationsListLag: async () => {
    const id = await fixture.subscribed();
    await fixture.emulator.control.changeQuantity(id, 11);
    return ((await fixture.api('GET', `${BASE}/${id}/operations`)).json.operations as unknown[])
      .length;
  },
  operationStatusWord: async () => {
    const id = await fixture.subscribed();
    const { operationId } = await fixture.emulator.control.renew(id);
    return (await fixture.api('GET', `${BASE}/${id}/operations/${operationId}`)).json.status;
  },
  activatePlanCheck: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    const answer = await fixture.api('POST', `${BASE}/${subscriptionId}/activate`, {
      body: { planId: 'pro' },
    });
    return answer.status;
  },
  activateSubscribed: async () =>
    (await fixture.api('POST', `${BASE}/${await fixture.subscribed()}/activate`)).status,
  listEmpty: () => get(BASE),
  listLastPage: async () => {
    await buy('pulse', 'starter');
    return Object.keys((await fixture.api('GET', BASE)).json);
  },
  listPageSize: async () => {
    for (let bought = 0; bought < 90; bought += 1) await buy('pulse', 'starter');
    return (await fixture.api('GET', BASE)).json.subscriptions.length;
  },
  listNextLink: async () => {
    for (let bought = 0; bought < 101; bought += 1) await buy('pulse', 'starter');
    return (await fixture.api('GET', BASE)).json['@nextLink'].startsWith('http:// http://');
  },
  availablePlansUnknown: () => get(`${BASE}/${UNKNOWN}/listAvailablePlans`),
  availablePlansCurrent: async () => {
    const { json } = await fixture.api(
      'GET',
      `${BASE}/${await fixture.subscribed()}/listAvailablePlans`,
    );
    return json.plans.map((plan: { planId: string }) => plan.planId);
  },
  noIncludedQuantities: () => scaleTerm(),
  noIncludedZeros: () => scaleTerm(),
  subscriptionQuantity: async () =>
    (await fixture.api('GET', `${BASE}/${await fixture.subscribed()}`)).json.quantity,
  subscriptionDates: async () =>
    (await fixture.api('GET', `${BASE}/${await fixture.subscribed()}`)).json.term.startDate.length,
  subscriptionPadding: async () =>
    (await fixture.api('GET', `${BASE}/${await fixture.subscribed()}`)).json.saasSubscriptionStatus,
  subscriptionFields: async () =>
    Object.keys((await fixture.api('GET', `${BASE}/${await fixture.subscribed()}`)).json),
  subscriptionPeople: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    return Object.keys((await fixture.api('GET', `${BASE}/${subscriptionId}`)).json);
  },
  listIdCase: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    const { json } = await fixture.api('GET', BASE);
    return json.subscriptions[0].id === subscriptionId;
  },
  termStart: async () =>
    (await fixture.api('GET', `${BASE}/${await fixture.subscribed()}`)).json.term.startDate,
  termEnd: async () => {
    const { term } = (await fixture.api('GET', `${BASE}/${await fixture.subscribed()}`)).json;
    return term.startDate === term.endDate;
  },
  seatsAfterEnd: async () => {
    const id = await fixture.subscribed();
    await fixture.emulator.control.cancel(id);
    return (await fixture.api('GET', `${BASE}/${id}`)).json.quantity ?? 'gone';
  },
  purchaseTokenLife: async () => {
    const { purchaseToken } = await buy('pulse', 'starter');
    await fixture.emulator.control.advance(HOUR_MS);
    const headers = { 'x-ms-marketplace-token': purchaseToken };
    return (await fixture.api('POST', `${BASE}/resolve`, { headers })).status;
  },
  suspendSnapshot: async () =>
    (await notified((id) => fixture.emulator.control.suspend(id)))[0].subscription
      .saasSubscriptionStatus,
  flatRateQuantity: async () =>
    (await notified((id) => fixture.emulator.control.renew(id), 'starter'))[0].quantity,
  requestSourceKey: async () =>
    Object.keys((await notified((id) => fixture.emulator.control.renew(id)))[0]).includes(
      'operationRequestSource',
    ),
  notificationShape: async () =>
    Object.keys((await notified((id) => fixture.emulator.control.renew(id)))[0]).length,
  notificationEncoding: async () => {
    await notified((id) => fixture.emulator.control.renew(id));
    return fixture.receiver.received[0]?.headers['content-encoding'];
  },
  notificationKeys: async () =>
    Object.keys((await notified((id) => fixture.emulator.control.renew(id)))[0])[0],
  recordLag: async () => {
    const id = await fixture.subscribed();
    await fixture.emulator.control.suspend(id);
    return (await fixture.api('GET', `${BASE}/${id}`)).json.saasSubscriptionStatus;
  },
  firstGetLate: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    return (await fixture.api('GET', `${BASE}/${subscriptionId}`)).status;
  },
  getOperationLate: async () => {
    const id = await fixture.subscribed();
    const { operationId } = await fixture.emulator.control.renew(id);
    return (await fixture.api('GET', `${BASE}/${id}/operations/${operationId}`)).status;
  },
  notificationId: async () =>
    (await notified((id) => fixture.emulator.control.renew(id)))[0].id.startsWith('org:'),
  pendingCancel: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    await fixture.api('DELETE', `${BASE}/${subscriptionId}`);
    await fixture.emulator.control.advance(HOUR_MS);
    return (await fixture.emulator.control.subscription(subscriptionId)).status;
  },
  renewalNotice: async () =>
    (await notified((id) => fixture.emulator.control.renew(id))).map(
      (body: { action: string }) => body.action,
    ),
  pendingEndNotice: async () => {
    const { subscriptionId } = await buy('pulse', 'starter');
    await fixture.emulator.control.cancel(subscriptionId);
    await fixture.emulator.control.advance(0);
    return fixture.receiver.received.length;
  },
  reinstateNeedsAnswer: async () => {
    const id = await fixture.subscribed();
    await fixture.emulator.control.suspend(id);
    await fixture.emulator.control.reinstate(id);
    await fixture.emulator.control.advance(0);
    return (await fixture.emulator.control.subscription(id)).status;
  },
};

/** Tested together with the behaviour itself. */
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
  await fixture.emulator.control.updateSettings({
    oddities: { recordLag: 'measured' },
    recordLagMs: [2_000],
  });
  const id = await fixture.subscribed();
  const seen = async () => (await fixture.api('GET', `${BASE}/${id}`)).json.saasSubscriptionStatus;
  await fixture.emulator.control.advance(10_000);
  await fixture.emulator.control.suspend(id);
  await fixture.emulator.control.advance(500);
  await fixture.emulator.control.reinstate(id);
  expect(await seen()).toBe('Subscribed');
  await fixture.emulator.control.advance(1_600);
  expect(await seen()).toBe('Suspended');
  await fixture.emulator.control.advance(500);
  expect(await seen()).toBe('Subscribed');
});

describe.each(Object.keys(ODDITIES).filter((name) => !ELSEWHERE.has(name)))('%s', (name) => {
  test('documented and measured can be told apart', async () => {
    const see = SEEN[name as Oddity] ?? (() => Promise.resolve('nothing'));
    const documented = await see();
    await fixture.fresh();
    await fixture.emulator.control.updateSettings({ oddities: { [name]: 'measured' } });
    expect(await see()).not.toEqual(documented);
  });
});
