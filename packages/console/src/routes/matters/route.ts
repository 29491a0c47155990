import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { loadWords } from '../../words/words.ts';

const list = createRoute({
  getParentRoute: () => root,
  path: '/matters',
  loader: () => loadWords('matters'),
  component: lazyRouteComponent(() => import('./list.tsx'), 'MattersPage'),
  validateSearch: z.object({
    state: z.catch(z.optional(z.enum(['closed'])), undefined),
    severity: z.catch(z.optional(z.enum(['critical', 'warning', 'info'])), undefined),
    kind: z.catch(z.optional(z.string()), undefined),
    assigned: z.catch(z.optional(z.enum(['me', 'nobody'])), undefined),
    snoozed: z.catch(z.optional(z.boolean()), undefined),
    subscription: z.catch(z.optional(z.string()), undefined),
  }),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/matters/$matterId',
  loader: () => loadWords('matters'),
  component: lazyRouteComponent(() => import('./detail.tsx'), 'MatterPage'),
});

export const matterRoutes = [list, detail] as const;
