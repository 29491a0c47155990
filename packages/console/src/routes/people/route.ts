import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root.tsx';
import { loadWords } from '../../words/words.ts';

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  loader: () => loadWords('access'),
  component: lazyRouteComponent(() => import('./people.tsx'), 'PeoplePage'),
});

export const peopleRoutes = [people] as const;
