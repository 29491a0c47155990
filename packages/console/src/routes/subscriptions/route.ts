import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const list = createRoute({
  getParentRoute: () => root,
  path: '/subscriptions',
  loader: () => loadWords('subscriptions'),
  component: lazyRouteComponent(() => import('./list.tsx'), 'SubscriptionsPage'),
  // What a person searches for can be a name or an address, so it does not stand here.
  validateSearch: z.object({
    waitsFor: inUrl(z.enum(['product', 'microsoft', 'publisher', 'customer', 'operator'])),
    activation: inUrl(
      z.enum([
        'none',
        'awaiting-approval',
        'provisioning',
        'requested',
        'confirming',
        'confirmed',
        'failed',
        'declined',
      ]),
    ),
    status: inUrl(
      z.enum(['PendingFulfillmentStart', 'Subscribed', 'Suspended', 'Unsubscribed', 'NotStarted']),
    ),
    offerId: inUrl(z.string()),
    planId: inUrl(z.string()),
    isTestPurchase: inUrl(z.boolean()),
    term: inUrl(z.enum(['renews7d', 'renews30d', 'ends7d', 'ends30d'])),
    sort: inUrl(z.enum(['newest', 'name', 'endsAt', 'status'])),
  }),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/subscriptions/$subscriptionId',
  // Operations, notifications and deliveries have their words in their own areas.
  loader: () => loadWords('subscriptions', 'operations', 'inbox', 'deliveries'),
  component: lazyRouteComponent(() => import('./detail.tsx'), 'SubscriptionPage'),
  validateSearch: z.object({
    /** Sources of the activity, separated by commas. Absent: all. */
    sources: inUrl(z.string()),
    /** Only rows of this operation or correlation ID. */
    about: inUrl(z.string()),
    /** The row that is open in the drawer. */
    row: inUrl(z.string()),
  }),
});

export const subscriptionRoutes = [list, detail] as const;
