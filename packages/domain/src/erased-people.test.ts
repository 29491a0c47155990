import { expect, test } from 'vitest';
import { evolve } from './evolve.ts';
import type { Subscription } from './subscription.ts';

const ada = { tenantId: 'fabrikam', objectId: 'ADA-object', emailId: 'Ada@fabrikam.example' };
const ben = { tenantId: 'fabrikam', objectId: 'ben-object', emailId: 'ben@fabrikam.example' };
const living = {
  id: 's1',
  name: 'Space of Ada',
  status: 'Subscribed',
  beneficiary: ada,
  purchaser: ben,
  claimedBy: ada,
} as Subscription;
const whose = { objectIds: ['ada-object'], emails: [] };

test('of a living subscription, only the person who confirmed it is erased', () => {
  const after = evolve(living, { type: 'personErased', whose });

  expect(after).toEqual({ ...living, claimedBy: { tenantId: 'fabrikam' } });
});

test('of an ended subscription, the person and its name are erased, and other people stay', () => {
  const ended: Subscription = { ...living, status: 'Unsubscribed' };

  const after = evolve(ended, { type: 'personErased', whose });

  expect(after).toEqual({
    ...ended,
    name: '',
    beneficiary: { tenantId: 'fabrikam' },
    claimedBy: { tenantId: 'fabrikam' },
  });
});

test('a person is found by address, and all people by their tenant', () => {
  const ended: Subscription = { ...living, status: 'Unsubscribed' };
  const byAddress = { objectIds: [], emails: ['ben@fabrikam.example'] };
  const all = { objectIds: [], emails: [], wholeTenant: 'FABRIKAM' };

  expect(evolve(ended, { type: 'personErased', whose: byAddress })).toEqual({
    ...ended,
    name: '',
    purchaser: { tenantId: 'fabrikam' },
  });
  expect(evolve(ended, { type: 'personErased', whose: all })).toMatchObject({
    beneficiary: { tenantId: 'fabrikam' },
    purchaser: { tenantId: 'fabrikam' },
    claimedBy: { tenantId: 'fabrikam' },
  });
});
