import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';
import { sinceOf, type Within } from './within.ts';

type ListInput = NonNullable<Parameters<typeof api.operations.list.query>[0]>;

export type Operation = Awaited<ReturnType<typeof api.operations.list.query>>['items'][number];
export type ParkedTask = Awaited<ReturnType<typeof api.parkedTasks.list.query>>['items'][number];

export type OperationFilter = Pick<
  ListInput,
  'subscriptionId' | 'isOpen' | 'outcome' | 'decision' | 'isLate' | 'ruleId' | 'isSilent' | 'action'
> & { readonly within?: Within | undefined };

export function operationList({ within, ...filter }: OperationFilter) {
  return pagedOptions(['operations.list', filter, within], (cursor, options) =>
    api.operations.list.query({ ...filter, ...cursor, ...sinceOf(within) }, options),
  );
}

/** The latest operations of one subscription: enough to find that of a recent notification. */
export function operationsOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['operations.list', 'of', subscriptionId],
    queryFn: async ({ signal }) =>
      (await api.operations.list.query({ subscriptionId, limit: 200 }, { signal })).items,
  });
}

/** What happened to a subscription, newest first. */
export function latestEvents(subscriptionId: string) {
  return queryOptions({
    queryKey: ['subscriptions.timeline', 'latest', subscriptionId],
    queryFn: async ({ signal }) =>
      (
        await api.subscriptions.timeline.query(
          { subscriptionId, order: 'newest', limit: 200 },
          { signal },
        )
      ).items,
  });
}

export function parkedTasksOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['parkedTasks.list', 'of', subscriptionId],
    queryFn: async ({ signal }) =>
      (await api.parkedTasks.list.query({ subscriptionId }, { signal })).items,
  });
}
