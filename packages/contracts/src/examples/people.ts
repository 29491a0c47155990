import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const { subscription: subscriptionId, person: objectId } = ids;
const person = {
  tenantId: ids.customerTenant,
  objectId,
  name: 'Ada Fabrikam',
  email: 'ada@fabrikam.com',
};
const requestedBy = 'ops@contoso.com';

export const people: NamespaceExamples<'people'> = {
  list: {
    input: { subscriptionId },
    output: {
      items: [{ ...person, role: 'owner', decidedAt: '2026-11-01T09:14:02.118Z' }],
    },
  },
  waiting: {
    input: {},
    output: {
      items: [
        {
          tenantId: ids.customerTenant,
          objectId: '2f96b0c8-d41e-4a57-b3e8-7c05d9f1a643',
          name: 'Ben Fabrikam',
          email: 'ben@fabrikam.com',
          subscriptionId,
          askedAt: '2026-11-03T09:00:00.000Z',
          hasOwner: true,
        },
      ],
    },
  },
  nameOwner: {
    input: { subscriptionId, objectId, requestedBy, email: 'ada@fabrikam.com' },
    output: { ...person, role: 'owner', named: true, roleBefore: 'viewer', owners: [person] },
  },
  remove: {
    input: { subscriptionId, objectId, requestedBy },
    output: { removed: true, was: { ...person, role: 'viewer' } },
  },
};
