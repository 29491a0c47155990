import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { root } from '../../app/root.tsx';
import { inUrl } from '../../app/in-url.ts';
import { loadWords } from '../../words/words.ts';

const calendar = createRoute({
  getParentRoute: () => root,
  path: '/calendar',
  loader: () => loadWords('calendar'),
  component: lazyRouteComponent(() => import('./calendar.tsx'), 'CalendarPage'),
  validateSearch: z.object({
    /** YYYY-MM. Absent: this month. */
    month: inUrl(z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])$/))),
    /** YYYY-MM-DD: the agenda shows only this day. */
    day: inUrl(z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/))),
    /** Separated by commas. Absent: all. */
    kinds: inUrl(z.string()),
  }),
});

export const calendarRoutes = [calendar] as const;
