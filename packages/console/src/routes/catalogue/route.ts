import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/catalogue',
  loader: () => loadWords('catalogue'),
  component: lazyRouteComponent(() => import('./catalogue.tsx'), 'CataloguePage'),
  validateSearch: z.object({
    tab: inUrl(z.enum(['plans', 'meters', 'recurring'])),
    offerId: inUrl(z.string()),
    planId: inUrl(z.string()),
  }),
});

export const catalogueRoutes = [catalogue] as const;
