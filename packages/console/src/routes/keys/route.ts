import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  loader: () => loadWords('access'),
  component: lazyRouteComponent(() => import('./keys.tsx'), 'KeysPage'),
  validateSearch: z.object({
    state: inUrl(z.enum(['active', 'rotating', 'expired', 'revoked'])),
  }),
});

export const keyRoutes = [keys] as const;
