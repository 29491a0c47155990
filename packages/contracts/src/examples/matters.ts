import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const matterId = 'c7d0a5e2-4b13-4f86-9a2c-08e5d1b7f394';

const matter = {
  id: matterId,
  kind: 'usage-refused',
  owner: 'billing-sync',
  subject: { type: 'usage-hour', id: `${ids.subscription} api-calls 2026-11-15T09:00:00.000Z` },
  publisherId: ids.publisher,
  offerId: 'contoso-analytics',
  subscriptionId: ids.subscription,
  severity: 'critical' as const,
  state: 'open' as const,
  title: 'Microsoft refused 12 api-calls',
  cause: 'Microsoft does not know this dimension in the plan.',
  effect: 'The customer is not billed for this hour.',
  nextStep: 'Correct the plan in Partner Center, then send the hour again with usage.retry.',
  incidentPage: 'https://landfall.example.com/docs/incidents#usage-not-billed',
  params: { dimension: 'api-calls', quantity: 12 },
  since: '2026-11-15T10:02:00.000Z',
  openedAt: '2026-11-15T10:02:08.000Z',
  dueAt: '2026-11-16T09:00:00.000Z',
  closes: 'itself' as const,
};

const assignedTo = { tenantId: ids.customerTenant, objectId: ids.person, name: 'Allan Deyoung' };
const reason = 'Corrected in Partner Center; support ticket 4711.';
const closed = {
  ...matter,
  state: 'closed' as const,
  closedAt: '2026-11-15T11:00:00.000Z',
  closedBy: 'person' as const,
  closedReason: reason,
};

export const matters: NamespaceExamples<'matters'> = {
  list: { input: { severities: ['critical'] }, output: { items: [matter] } },
  counts: {
    input: {},
    output: {
      open: 4,
      critical: 1,
      warning: 3,
      info: 0,
      overdue: 0,
      snoozed: 1,
      byKind: [
        { kind: 'task-parked', count: 3 },
        { kind: 'usage-refused', count: 1 },
      ],
      nextDueAt: matter.dueAt,
    },
  },
  get: {
    input: { matterId },
    output: {
      ...matter,
      assignedTo,
      history: [
        { at: matter.openedAt, event: 'opened' },
        {
          at: '2026-11-15T10:20:00.000Z',
          event: 'assigned',
          by: `operator ${ids.customerTenant}/${ids.person}`,
          details: { tenantId: ids.customerTenant, objectId: ids.person },
        },
      ],
    },
  },
  assign: { input: { matterId, to: 'me' }, output: { ...matter, assignedTo } },
  snooze: {
    input: {
      matterId,
      until: '2026-11-16T07:00:00.000Z',
      reason: 'Partner Center publishes it over night.',
    },
    output: { ...matter, snoozedUntil: '2026-11-16T07:00:00.000Z' },
  },
  close: { input: { matterId, reason }, output: closed },
  reopen: { input: { matterId, reason: 'It was refused again.' }, output: matter },
};
