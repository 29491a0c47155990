import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';
import { hourStates, incidentKinds, refusalReasons, usageTabs } from './kinds.ts';

const loader = () => loadWords('usage');

const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  loader,
  component: lazyRouteComponent(() => import('./usage.tsx'), 'UsagePage'),
  validateSearch: z.object({
    tab: inUrl(z.enum(usageTabs)),
    subscriptionId: inUrl(z.string()),
    dimension: inUrl(z.string()),
    state: inUrl(z.enum(hourStates)),
    isTest: inUrl(z.boolean()),
    kind: inUrl(z.enum(incidentKinds)),
    isSettled: inUrl(z.boolean()),
    refusal: inUrl(z.enum(refusalReasons)),
    /** The hour that is open in the drawer; see `hourId`. */
    hour: inUrl(z.string()),
  }),
});

const statements = createRoute({
  getParentRoute: () => root,
  path: '/usage/statements',
  loader,
  component: lazyRouteComponent(() => import('./statements.tsx'), 'StatementsPage'),
  validateSearch: z.object({
    month: inUrl(z.string().check(z.regex(/^\d{4}-(?:0[1-9]|1[0-2])$/))),
    isTest: inUrl(z.boolean()),
  }),
});

export const usageRoutes = [usage, statements] as const;
