import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const channel = z.enum(['product', 'mail', 'teams', 'slack', 'customer-mail']);

// The failures of a test have their words with the deliveries.
const loader = () => loadWords('destinations', 'deliveries');

const list = createRoute({
  getParentRoute: () => root,
  path: '/destinations',
  loader,
  component: lazyRouteComponent(() => import('./list.tsx'), 'DestinationsPage'),
  validateSearch: z.object({
    state: inUrl(z.enum(['enabled', 'failing', 'disabled'])),
    channel: inUrl(channel),
  }),
});

const create = createRoute({
  getParentRoute: () => root,
  path: '/destinations/new',
  loader,
  component: lazyRouteComponent(() => import('./create.tsx'), 'CreateDestinationPage'),
  validateSearch: z.object({
    channel: inUrl(z.enum(['product', 'mail', 'teams', 'slack'])),
  }),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/destinations/$destinationId',
  loader,
  component: lazyRouteComponent(() => import('./detail.tsx'), 'DestinationPage'),
});

export const destinationRoutes = [list, create, detail] as const;
