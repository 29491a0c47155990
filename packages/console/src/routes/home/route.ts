import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root.tsx';
import { loadWords } from '../../words/words.ts';

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: () => loadWords('home'),
  component: lazyRouteComponent(() => import('./home.tsx'), 'HomePage'),
});

export const homeRoutes = [home] as const;
