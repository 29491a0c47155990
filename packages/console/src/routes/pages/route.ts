import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { languages } from '@landfall/words/language';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const loader = () => loadWords('pages');

const list = createRoute({
  getParentRoute: () => root,
  path: '/pages',
  loader,
  component: lazyRouteComponent(() => import('./list.tsx'), 'OfferPagesPage'),
});

const detail = createRoute({
  getParentRoute: () => root,
  path: '/pages/$offerId',
  loader,
  component: lazyRouteComponent(() => import('./detail.tsx'), 'OfferPagePage'),
  validateSearch: z.object({
    /** The publisher of the offer. */
    of: inUrl(z.string()),
    tab: inUrl(z.enum(['brand', 'texts', 'questions'])),
    language: inUrl(z.enum(languages)),
    show: inUrl(z.enum(['confirm', 'ready'])),
    scheme: inUrl(z.enum(['light', 'dark'])),
    width: inUrl(z.enum(['phone', 'full'])),
  }),
});

export const pageRoutes = [list, detail] as const;
