import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

export type CalendarEntry = Awaited<ReturnType<typeof api.calendar.list.query>>['items'][number];
export type CalendarKind = CalendarEntry['kind'];

export interface Period {
  readonly from: string;
  readonly to: string;
}

/** How many entries of each kind each day has. */
export function calendarDays({ from, to }: Period) {
  return queryOptions({
    queryKey: ['calendar.days', from, to],
    queryFn: async ({ signal }) => (await api.calendar.days.query({ from, to }, { signal })).days,
    placeholderData: keepPreviousData,
  });
}

export function calendarList({ from, to }: Period, kinds: readonly CalendarKind[] | undefined) {
  return pagedOptions(['calendar.list', from, to, kinds], (cursor, options) =>
    api.calendar.list.query({ from, to, ...(kinds && { kinds: [...kinds] }), ...cursor }, options),
  );
}
