import { describe, expect, test } from 'vitest';
import { decodeNotification } from './notification.ts';

const OPERATION = '74dfb4db-c193-4891-827d-eb05fbdc64b0';
const SUBSCRIPTION = '8151a707-467c-4105-df0b-44c3fca5880d';

const current = {
  id: OPERATION,
  activityId: OPERATION,
  publisherId: 'contoso',
  offerId: 'YYY',
  planId: 'plan2',
  quantity: 10,
  subscriptionId: SUBSCRIPTION,
  timeStamp: '2023-02-10T18:48:58.4449937Z',
  action: 'ChangePlan',
  status: 'InProgress',
  operationRequestSource: 'Azure',
  subscription: {
    id: SUBSCRIPTION,
    planId: 'plan1',
    quantity: 10,
    saasSubscriptionStatus: 'Subscribed',
    term: { termUnit: 'P1M', chargeDuration: null },
  },
  purchaseToken: null,
};

test('the current form has the requested values outside and the snapshot inside', () => {
  expect(decodeNotification(current)).toMatchObject({
    operationId: OPERATION,
    subscriptionId: SUBSCRIPTION,
    action: 'ChangePlan',
    status: 'InProgress',
    planId: 'plan2',
    quantity: 10,
    requestSource: 'Azure',
    timeStamp: new Date('2023-02-10T18:48:58.444Z'),
    subscription: { planId: 'plan1', status: 'Subscribed' },
    problems: [],
  });
});

describe('a variant that Microsoft has sent or documented is read', () => {
  const identity = { operationId: OPERATION, subscriptionId: SUBSCRIPTION };
  test.each<[string, unknown, object]>([
    [
      'minimal',
      {
        id: OPERATION,
        activityId: OPERATION,
        operationRequestSource: 'Azure',
        subscriptionId: SUBSCRIPTION,
        timeStamp: '2021-05-01T00:00:00',
        action: 'Subscribe',
      },
      { ...identity, action: 'Subscribe', status: 'Unknown', quantity: null, problems: [] },
    ],
    [
      'operationId instead of id',
      { operationId: OPERATION, subscriptionId: SUBSCRIPTION, action: 'Unsubscribe' },
      { ...identity, action: 'Unsubscribe' },
    ],
    [
      'operationType and no id',
      { subscriptionId: SUBSCRIPTION, operationType: 'Reinstate' },
      { subscriptionId: SUBSCRIPTION, action: 'Reinstate', problems: ['id-missing'] },
    ],
    [
      'PascalCase keys',
      {
        Id: OPERATION,
        SubscriptionId: SUBSCRIPTION,
        PlanId: 'p',
        Quantity: '20',
        Action: 'changequantity',
        Status: 'Success',
        PublisherId: 'contoso',
      },
      { ...identity, action: 'ChangeQuantity', planId: 'p', quantity: 20, status: 'Succeeded' },
    ],
    [
      'the misspelt source',
      { ...current, operationRequestSource: undefined, operationRequestedSource: 'Partner' },
      { ...identity, requestSource: 'Partner' },
    ],
    ['padded seats', { ...current, quantity: ' 25' }, { quantity: 25 }],
    ['no seats', { ...current, quantity: '' }, { quantity: null, problems: [] }],
    ['nonsense seats', { ...current, quantity: 0 }, { problems: ['quantity-invalid'] }],
    ['a padded offer', { ...current, offerId: 'offer1 ' }, { offerId: 'offer1' }],
    ['a preview offer', { ...current, offerId: 'o-preview' }, { offerId: 'o-preview' }],
    ['an unknown action', { ...current, action: 'Transfer' }, { action: 'Transfer' }],
    ['an unknown status', { ...current, status: 'Frozen' }, { status: 'Unknown' }],
    ['no snapshot', { ...current, subscription: null }, { subscription: undefined, problems: [] }],
    [
      'the subscription only in the snapshot',
      { ...current, subscriptionId: '' },
      { subscriptionId: SUBSCRIPTION, problems: [] },
    ],
    [
      'upper-case ids',
      { ...current, id: OPERATION.toUpperCase(), subscriptionId: SUBSCRIPTION.toUpperCase() },
      identity,
    ],
  ])('%s', (_, body, expected) => {
    expect(decodeNotification(body)).toMatchObject(expected);
  });

  test('with all values empty, everything missing is named', () => {
    const notification = decodeNotification({
      id: '',
      activityId: '',
      publisherId: '',
      offerId: '',
      planId: '',
      quantity: '',
      subscriptionId: '',
      timeStamp: '',
      action: '',
      status: '',
    });
    expect(notification).toMatchObject({ status: 'Unknown', quantity: null });
    expect(notification.problems).toEqual([
      'id-missing',
      'subscriptionId-missing',
      'action-missing',
    ]);
  });
});

test.each([[null], [undefined], [[]], ['text'], [7], [true]])(
  'the body %j does not throw',
  (body) => {
    expect(decodeNotification(body)).toEqual({
      status: 'Unknown',
      quantity: null,
      problems: ['not-an-object'],
      raw: body,
    });
  },
);

test('a snapshot of another subscription is flagged', () => {
  const other = { ...current.subscription, id: OPERATION };
  expect(decodeNotification({ ...current, subscription: other }).problems).toEqual([
    'subscriptionId-contradicts-snapshot',
  ]);
});

test('an unreadable snapshot is flagged and omitted', () => {
  const notification = decodeNotification({ ...current, subscription: ['?'] });
  expect(notification.subscription).toBeUndefined();
  expect(notification.problems).toEqual(['subscription-unreadable']);
});

test('a purchase token is removed', () => {
  const notification = decodeNotification({ ...current, PurchaseToken: 'ab+cd/ef==' });
  expect(JSON.stringify(notification)).not.toContain('ab+cd');
});
