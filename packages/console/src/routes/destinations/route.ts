import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { loadWords } from '../../words/words.ts';

const list = createRoute({
  getParentRoute: () => root,
  path: '/destinations',
  loader: () => loadWords('destinations'),
  component: lazyRouteComponent(() => import('./list.tsx'), 'DestinationsPage'),
  validateSearch: z.object({
    state: z.catch(z.optional(z.enum(['enabled', 'failing', 'disabled'])), undefined),
  }),
});

export const destinationRoutes = [list] as const;
