import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const list = createRoute({
  getParentRoute: () => root,
  path: '/deliveries',
  // Channels have their words with the destinations.
  loader: () => loadWords('deliveries', 'destinations'),
  component: lazyRouteComponent(() => import('./list.tsx'), 'DeliveriesPage'),
  validateSearch: z.object({
    state: inUrl(z.enum(['waiting', 'delivered', 'dead'])),
    destinationId: inUrl(z.uuid()),
    type: inUrl(z.string()),
    subscriptionId: inUrl(z.string()),
  }),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/deliveries/$deliveryId',
  loader: () => loadWords('deliveries', 'destinations'),
  component: lazyRouteComponent(() => import('./detail.tsx'), 'DeliveryPage'),
});

export const deliveryRoutes = [list, detail] as const;
