import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { withins } from '../../api/within.ts';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  loader: () => loadWords('access'),
  component: lazyRouteComponent(() => import('./audit.tsx'), 'AuditPage'),
  validateSearch: z.object({
    actor: inUrl(z.string()),
    procedure: inUrl(z.string()),
    subject: inUrl(z.string()),
    outcome: inUrl(z.string()),
    correlationId: inUrl(z.string()),
    within: inUrl(z.enum(withins)),
    /** The sequence number of the entry that is open in the drawer. */
    entry: inUrl(z.coerce.string()),
  }),
});

export const auditRoutes = [audit] as const;
