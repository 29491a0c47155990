import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const keyId = '4f1d09c27ab5e836';

const key = {
  id: keyId,
  label: 'Usage of the analytics product',
  prefix: `lf_${keyId}_`,
  scopes: ['usage:write', 'usage:read'],
  publisherId: ids.publisher,
  state: 'active' as const,
  createdAt: '2026-11-01T08:00:00.000Z',
  createdBy: `operator ${ids.customerTenant}/${ids.person}`,
  expiresAt: '2027-11-01T08:00:00.000Z',
};

const secret = `${key.prefix}shown-once`;

export const keys: NamespaceExamples<'keys'> = {
  list: { input: { state: 'active' }, output: { items: [key] } },
  create: {
    input: { label: key.label, scopes: ['usage:write', 'usage:read'], publisherId: ids.publisher },
    output: { key, secret },
  },
  rotate: {
    input: { keyId, overlapHours: 24 },
    output: {
      key: { ...key, state: 'rotating', formerSecretUntil: '2026-11-04T10:00:00.000Z' },
      secret,
    },
  },
  revoke: {
    input: { keyId, reason: 'The product has a new key.' },
    output: { ...key, state: 'revoked', revokedAt: '2026-11-03T10:00:00.000Z' },
  },
  own: {
    input: {},
    output: {
      kind: 'api-key',
      id: keyId,
      label: key.label,
      scopes: key.scopes,
      publisherId: ids.publisher,
      expiresAt: key.expiresAt,
    },
  },
};
