import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const list = createRoute({
  getParentRoute: () => root,
  path: '/reconciliation',
  loader: () => loadWords('reconciliation'),
  component: lazyRouteComponent(() => import('./list.tsx'), 'ReconciliationPage'),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/reconciliation/$runId',
  loader: () => loadWords('reconciliation'),
  component: lazyRouteComponent(() => import('./detail.tsx'), 'RunPage'),
  validateSearch: z.object({
    state: inUrl(z.enum(['healed', 'open', 'parked', 'unhealed', 'reported'])),
    kind: inUrl(z.string()),
  }),
});

export const reconciliationRoutes = [list, detail] as const;
