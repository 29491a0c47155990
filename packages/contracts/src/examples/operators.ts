import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const operatorId = 'b94e70c5-2d38-4f16-8a07-e1c5d6f3b920';
const person = {
  tenantId: 'd03f81b6-7c25-4e9a-96d4-3b8e0a5f17c2',
  objectId: '81a5c3e9-06f4-4b7d-b258-d94f7e20c6a3',
};

const operator = {
  operatorId,
  ...person,
  name: 'Mia Contoso',
  email: 'mia@contoso.com',
  role: 'admin' as const,
  publisherId: ids.publisher,
  source: 'entry' as const,
  createdAt: '2026-11-01T08:00:00.000Z',
  lastSignInAt: '2026-11-03T08:12:00.000Z',
  sessions: 1,
};

export const operators: NamespaceExamples<'operators'> = {
  me: {
    input: {},
    output: {
      id: `${person.tenantId}/${person.objectId}`,
      name: operator.name,
      email: operator.email,
      everywhere: { roles: ['viewer'], scopes: ['subscriptions:read', 'usage:read'] },
      publishers: [
        {
          publisherId: ids.publisher,
          roles: ['viewer', 'operator'],
          scopes: ['subscriptions:read', 'subscriptions:write', 'usage:read'],
        },
      ],
      isIncomplete: false,
      session: { endsAt: '2026-11-03T20:12:00.000Z', idleMinutes: 60 },
      version: '0.3.0',
      publicUrl: 'https://landfall.example.com',
    },
  },
  list: { input: { publisherId: ids.publisher }, output: { items: [operator] } },
  put: {
    input: { ...person, role: 'admin', publisherId: ids.publisher },
    output: operator,
  },
  remove: { input: { operatorId, dryRun: false }, output: { ...operator, sessions: 0 } },
  endSessions: { input: { operatorId }, output: { ended: 1 } },
  invite: {
    input: { role: 'admin', publisherId: ids.publisher },
    output: {
      url: 'https://landfall.example.com/console/invitation#shown-once',
      expiresAt: '2026-11-04T10:00:00.000Z',
    },
  },
};
