import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const { subscription: subscriptionId, operation: operationId } = ids;

export const activity: NamespaceExamples<'activity'> = {
  list: {
    input: { subscriptionId, limit: 3 },
    output: {
      items: [
        {
          id: `decision:${operationId}`,
          at: '2026-11-10T08:30:01.204Z',
          source: 'decision',
          kind: 'ChangeQuantity',
          outcome: 'refuse',
          operationId,
          actor: 'landfall',
          details: { reason: 'rule:seats', ruleId: 'seats', isInTime: true },
          open: { procedure: 'operations.list', input: { subscriptionId, operationId } },
        },
        {
          id: `notification:${ids.notification}`,
          at: '2026-11-10T08:30:01.010Z',
          source: 'notification',
          kind: 'ChangeQuantity',
          outcome: 'refused',
          operationId,
          actor: 'microsoft',
          details: { deliveries: 1, reason: 'rule:seats' },
          open: { procedure: 'notifications.get', input: { notificationId: ids.notification } },
        },
        {
          id: 'call:9412',
          at: '2026-11-10T08:29:12.300Z',
          source: 'call',
          kind: 'get',
          outcome: '200',
          actor: 'landfall',
          details: { status: 200, durationMs: 84, attempt: 1 },
          open: {
            procedure: 'subscriptions.exchanges',
            input: { subscriptionId, exchangeId: '9412' },
          },
        },
      ],
      nextCursor: 'WyIyMDI2LTExLTEwVDA4OjI5OjEyLjMwMFoiLCJjYWxsIiwiOTQxMiJd',
      missing: [{ source: 'audit', why: 'no-scope' }],
    },
  },
};
