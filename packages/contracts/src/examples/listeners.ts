import type { NamespaceExamples } from './example.ts';
import { ids } from './ids.ts';

const endsAt = '2026-11-03T10:10:00.000Z';
const ping = {
  id: ids.delivery,
  type: 'ping',
  version: 1,
  occurredAt: '2026-11-03T09:59:58.000Z',
} as const;

export const listeners: NamespaceExamples<'listeners'> = {
  open: {
    input: { label: 'laptop', types: ['subscription.planChanged'], offerIds: ['team-desk'] },
    output: {
      listenerId: ids.listener,
      secret: 'whsec_bm90IGEgc2VjcmV0OiBhbiBleGFtcGxlIG9mIG9uZS4=',
      endsAt,
    },
  },
  take: {
    input: { listenerId: ids.listener, waitMs: 5000 },
    output: { events: [ping], bodies: [JSON.stringify(ping)], next: '1', endsAt },
  },
  close: { input: { listenerId: ids.listener }, output: { removed: 0 } },
};
