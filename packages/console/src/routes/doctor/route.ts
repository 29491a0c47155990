import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root.tsx';
import { loadWords } from '../../words/words.ts';

const loader = () => loadWords('system');

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  loader,
  component: lazyRouteComponent(() => import('./doctor.tsx'), 'DoctorPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  loader,
  component: lazyRouteComponent(() => import('../setup/setup.tsx'), 'SetupPage'),
});

export const doctorRoutes = [doctor, setup] as const;
