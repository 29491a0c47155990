import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';
import { sinceOf, type Within } from './within.ts';

type ListInput = NonNullable<Parameters<typeof api.notifications.list.query>[0]>;

export type NotificationRow = Awaited<
  ReturnType<typeof api.notifications.list.query>
>['items'][number];
export type Notification = Awaited<ReturnType<typeof api.notifications.get.query>>;
export type Counters = Awaited<ReturnType<typeof api.notifications.counters.query>>;

export type NotificationFilter = Pick<
  ListInput,
  'subscriptionId' | 'action' | 'operationId' | 'verdict' | 'isUnreadable'
> & { readonly within?: Within | undefined };

export function notificationList({ within, ...filter }: NotificationFilter) {
  return pagedOptions(['notifications.list', filter, within], (cursor, options) =>
    api.notifications.list.query({ ...filter, ...cursor, ...sinceOf(within) }, options),
  );
}

export function notificationOf(notificationId: string) {
  return queryOptions({
    queryKey: ['notifications.get', notificationId],
    queryFn: ({ signal }) => api.notifications.get.query({ notificationId }, { signal }),
  });
}

/** Calls since the ingest process started. It publishes no event for a refused caller, so it is read again and again. */
const COUNTERS_MS = 10_000;

export function callerCounters() {
  return queryOptions({
    queryKey: ['notifications.counters'],
    queryFn: ({ signal }) => api.notifications.counters.query({}, { signal }),
    refetchInterval: COUNTERS_MS,
  });
}
