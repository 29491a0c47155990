import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const health = createRoute({
  getParentRoute: () => root,
  path: '/health',
  loader: () => loadWords('system'),
  component: lazyRouteComponent(() => import('./health.tsx'), 'HealthPage'),
  validateSearch: z.object({
    tab: inUrl(z.enum(['tasks', 'letters', 'retention'])),
  }),
});

export const healthRoutes = [health] as const;
