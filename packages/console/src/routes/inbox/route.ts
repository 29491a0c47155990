import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { withins } from '../../api/within.ts';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const list = createRoute({
  getParentRoute: () => root,
  path: '/inbox',
  // Who finds refused calls can start a comparison.
  loader: () => loadWords('inbox', 'reconciliation'),
  component: lazyRouteComponent(() => import('./list.tsx'), 'InboxPage'),
  validateSearch: z.object({
    tab: inUrl(z.literal('callers')),
    verdict: inUrl(z.enum(['accepted', 'refused', 'undecided'])),
    action: inUrl(z.string()),
    isUnreadable: inUrl(z.boolean()),
    within: inUrl(z.enum(withins)),
    subscriptionId: inUrl(z.string()),
    operationId: inUrl(z.string()),
  }),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/inbox/$notificationId',
  loader: () => loadWords('inbox', 'operations'),
  component: lazyRouteComponent(() => import('./detail.tsx'), 'NotificationPage'),
});

export const inboxRoutes = [list, detail] as const;
