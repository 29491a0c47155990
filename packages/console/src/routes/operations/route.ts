import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { withins } from '../../api/within.ts';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const outcomes = ['succeeded', 'failed', 'refused', 'overruled', 'unsettled'] as const;

const list = createRoute({
  getParentRoute: () => root,
  path: '/operations',
  // The reasons of decisions have their words in the inbox.
  loader: () => loadWords('operations', 'inbox'),
  component: lazyRouteComponent(() => import('./list.tsx'), 'OperationsPage'),
  validateSearch: z.object({
    /** The operation that is open in the drawer. */
    operation: inUrl(z.string()),
    subscriptionId: inUrl(z.string()),
    outcome: inUrl(z.enum(['open', ...outcomes])),
    decision: inUrl(z.enum(['accept', 'refuse', 'none'])),
    action: inUrl(z.string()),
    ruleId: inUrl(z.string()),
    isLate: inUrl(z.boolean()),
    isSilent: inUrl(z.boolean()),
    within: inUrl(z.enum(withins)),
  }),
});

export const operationRoutes = [list] as const;
