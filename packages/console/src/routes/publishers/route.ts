import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const list = createRoute({
  getParentRoute: () => root,
  path: '/publishers',
  loader: () => loadWords('system'),
  component: lazyRouteComponent(() => import('./publishers.tsx'), 'PublishersPage'),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/publishers/$publisherId',
  loader: () => loadWords('system'),
  component: lazyRouteComponent(() => import('./detail.tsx'), 'PublisherPage'),
  validateSearch: z.object({ offerId: inUrl(z.string()) }),
});

export const publisherRoutes = [list, detail] as const;
