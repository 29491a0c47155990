import { describe, expect, test } from 'vitest';
import { decodeResolve, decodeSubscription } from './subscription.ts';

const ID = '8151a707-467c-4105-df0b-44c3fca5880d';

const current = {
  id: ID,
  name: 'Contoso Cloud Solution',
  publisherId: 'contoso',
  offerId: 'offer1',
  planId: 'silver',
  quantity: 10,
  beneficiary: {
    emailId: ' test@contoso.com ',
    objectId: 'AAAAAAAA-467C-4105-DF0B-44C3FCA5880D',
    tenantId: 'bbbbbbbb-467c-4105-df0b-44c3fca5880d',
    puid: '10032',
  },
  purchaser: { objectId: 'cccccccc-467c-4105-df0b-44c3fca5880d', pid: '7' },
  allowedCustomerOperations: ['delete', 'Read', 'UPDATE', 'Share'],
  sessionMode: 'None',
  isFreeTrial: true,
  isTest: false,
  sandboxType: 'Csp',
  saasSubscriptionStatus: ' Subscribed ',
  term: {
    startDate: '2022-03-07T00:00:00Z',
    endDate: '2022-04-06',
    termUnit: 'P1M',
    chargeDuration: null,
  },
  autoRenew: true,
  created: '2022-03-01T22:59:45.5468572Z',
  lastModified: '0001-01-01T00:00:00',
};

describe('a subscription', () => {
  test('is read with all current fields', () => {
    expect(decodeSubscription(current)).toEqual({
      id: ID,
      name: 'Contoso Cloud Solution',
      publisherId: 'contoso',
      offerId: 'offer1',
      planId: 'silver',
      quantity: 10,
      status: 'Subscribed',
      beneficiary: {
        emailId: 'test@contoso.com',
        objectId: 'aaaaaaaa-467c-4105-df0b-44c3fca5880d',
        tenantId: 'bbbbbbbb-467c-4105-df0b-44c3fca5880d',
        puid: '10032',
      },
      purchaser: {
        emailId: undefined,
        objectId: 'cccccccc-467c-4105-df0b-44c3fca5880d',
        tenantId: undefined,
        puid: '7',
      },
      term: {
        startDate: new Date('2022-03-07T00:00:00Z'),
        endDate: new Date('2022-04-06T00:00:00Z'),
        termUnit: 'P1M',
        chargeDuration: undefined,
      },
      autoRenew: true,
      isFreeTrial: true,
      isTest: false,
      allowedCustomerOperations: ['Delete', 'Read', 'Update', 'Share'],
      sessionMode: 'None',
      sandboxType: 'Csp',
      created: new Date('2022-03-01T22:59:45.546Z'),
      problems: [],
      raw: current,
    });
  });

  test('needs only its id, and fields that were not sent have no value', () => {
    const bare = decodeSubscription({ id: ID.toUpperCase() });
    const { id, status, problems: _problems, raw: _raw, ...rest } = bare;
    expect({ id, status }).toEqual({ id: ID, status: 'Unknown' });
    expect(Object.values(rest).filter((value) => value !== undefined)).toEqual([]);
    expect(bare.problems).toEqual(['saasSubscriptionStatus-missing']);
  });

  test('with false, null or empty values differs from one without these fields', () => {
    const said = {
      quantity: null,
      isFreeTrial: false,
      isTest: false,
      allowedCustomerOperations: [],
    };
    expect(decodeSubscription({ id: ID, ...said })).toMatchObject(said);
    expect(decodeSubscription({ id: ID, quantity: '' }).quantity).toBeNull();
  });

  test('whose id is not a GUID is a fault to retry later', () => {
    for (const raw of [{}, null, [], 'text', { id: '' }, { id: 'org:1' }, { id: `${ID},${ID}` }]) {
      expect(() => decodeSubscription(raw)).toThrow(
        expect.objectContaining({ code: 'marketplace.unexpected-answer', retry: 'later' }),
      );
    }
  });

  test.each([
    ['subscribed', 'Subscribed'],
    ['PENDINGFULFILLMENTSTART', 'PendingFulfillmentStart'],
    ['Migrating', 'Migrating'],
  ])('with the status %s is read as %s', (raw, status) => {
    expect(decodeSubscription({ id: ID, saasSubscriptionStatus: raw }).status).toBe(status);
  });

  test('can have any term unit', () => {
    for (const termUnit of ['P1M', 'P3Y', 'P18M', 'P5Y']) {
      expect(decodeSubscription({ id: ID, term: { termUnit } }).term?.termUnit).toBe(termUnit);
    }
  });

  test('has no fields of the wrong type, and names them in problems', () => {
    const odd = decodeSubscription({
      ...current,
      quantity: '0',
      created: 'yesterday',
      autoRenew: 'perhaps',
      beneficiary: 'somebody',
      term: 12,
    });
    expect(odd).toMatchObject({ quantity: undefined, status: 'Subscribed' });
    expect(odd.beneficiary).toBeUndefined();
    expect([...odd.problems].toSorted()).toEqual([
      'autoRenew-invalid',
      'created-invalid',
      'quantity-invalid',
    ]);
  });
});

describe('a resolved purchase', () => {
  test('takes name, people and status from the nested subscription', () => {
    const purchase = decodeResolve({
      id: ID,
      subscriptionName: 'Contoso Cloud',
      offerId: 'offer1',
      planId: 'silver',
      quantity: '20',
      subscription: { ...current, quantity: '' },
    });
    expect(purchase).toMatchObject({ id: ID, subscriptionName: 'Contoso Cloud', quantity: 20 });
    expect(purchase.subscription).toMatchObject({
      name: 'Contoso Cloud Solution',
      status: 'Subscribed',
      quantity: 20,
      beneficiary: { puid: '10032' },
    });
  });

  test('of a flat-rate plan has no seats, although Microsoft sends one', () => {
    const subscription = { ...current, quantity: null };
    const purchase = decodeResolve({ id: ID, planId: 'silver', quantity: 1, subscription });
    expect(purchase.subscription.quantity).toBeNull();
  });

  test('without the nested subscription has the status Unknown', () => {
    const purchase = decodeResolve({ id: ID, planId: 'silver', offerId: 'o', quantity: '' });
    expect(purchase.quantity).toBeNull();
    expect(purchase.subscription).toMatchObject({ id: ID, planId: 'silver', status: 'Unknown' });
  });

  test('without an id is a fault to retry later', () => {
    expect(() => decodeResolve({ subscription: {} })).toThrow(
      expect.objectContaining({ code: 'marketplace.unexpected-answer' }),
    );
  });
});
