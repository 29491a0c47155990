import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { withins } from '../../api/within.ts';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const rules = createRoute({
  getParentRoute: () => root,
  path: '/rules',
  // Times have their words in the inbox.
  loader: () => loadWords('rules', 'inbox'),
  component: lazyRouteComponent(() => import('./rules.tsx'), 'RulesPage'),
  validateSearch: z.object({
    tab: inUrl(z.enum(['test', 'history', 'report'])),
    /** The rule to point at, because a decision named it. */
    rule: inUrl(z.string()),
    within: inUrl(z.enum(withins)),
  }),
});

export const ruleRoutes = [rules] as const;
