import { queryOptions } from '@tanstack/react-query';
import { language } from '../words/words.ts';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

type ListInput = NonNullable<Parameters<typeof api.subscriptions.list.query>[0]>;

export type SubscriptionRow = Awaited<
  ReturnType<typeof api.subscriptions.list.query>
>['items'][number];
export type Subscription = Awaited<ReturnType<typeof api.subscriptions.get.query>>;
export type Truths = Awaited<ReturnType<typeof api.subscriptions.truths.query>>;
export type Activity = Awaited<ReturnType<typeof api.activity.list.query>>['items'][number];
export type ActivitySource = Activity['source'];
export type Note = Awaited<ReturnType<typeof api.subscriptions.notes.query>>['items'][number];
export type SubscriptionMatter = Awaited<
  ReturnType<typeof api.matters.list.query>
>['items'][number];

export type Order = NonNullable<ListInput['sort']>;
export type SubscriptionFilter = Omit<ListInput, 'limit' | 'cursor' | 'withTotal' | 'publisherId'>;

/** A long list is read in few calls. */
const ROWS = 100;
const MAX_ROWS = 200;

export function subscriptionList(filter: SubscriptionFilter) {
  return pagedOptions(['subscriptions.list', filter], (cursor, options) =>
    api.subscriptions.list.query({ ...filter, ...cursor, limit: ROWS }, options),
  );
}

/** The order does not matter, and the API does not take it here. */
export function subscriptionCount(filter: Omit<SubscriptionFilter, 'sort'>) {
  return queryOptions({
    queryKey: ['subscriptions.count', filter],
    queryFn: ({ signal }) => api.subscriptions.count.query(filter, { signal }),
  });
}

export function subscriptionOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['subscriptions.get', subscriptionId],
    queryFn: ({ signal }) => api.subscriptions.get.query({ subscriptionId }, { signal }),
  });
}

export function truthsOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['subscriptions.truths', subscriptionId],
    queryFn: ({ signal }) => api.subscriptions.truths.query({ subscriptionId }, { signal }),
  });
}

export function plansOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['subscriptions.availablePlans', subscriptionId],
    queryFn: ({ signal }) => api.subscriptions.availablePlans.query({ subscriptionId }, { signal }),
  });
}

export function notesOf(subscriptionId: string) {
  return pagedOptions(['subscriptions.notes', subscriptionId], (cursor, options) =>
    api.subscriptions.notes.query({ subscriptionId, ...cursor }, options),
  );
}

export function peopleOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['people.list', subscriptionId],
    queryFn: async ({ signal }) =>
      (await api.people.list.query({ subscriptionId, limit: MAX_ROWS }, { signal })).items,
  });
}

export function mattersOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['matters.list', 'of', subscriptionId],
    queryFn: async ({ signal }) =>
      (
        await api.matters.list.query(
          { subscriptionId, withSnoozed: true, limit: MAX_ROWS, language },
          { signal },
        )
      ).items,
  });
}

export interface ActivityFilter {
  readonly sources?: readonly ActivitySource[] | undefined;
  readonly operationId?: string | undefined;
}

export function activityOf(subscriptionId: string, filter: ActivityFilter) {
  const { sources, operationId } = filter;
  return pagedOptions(['activity.list', subscriptionId, filter], (cursor, options) =>
    api.activity.list.query(
      {
        subscriptionId,
        ...(sources && { sources: [...sources] }),
        ...(operationId !== undefined && { operationId }),
        ...cursor,
      },
      options,
    ),
  );
}

/** The newest event for the product, which can be sent again. */
export function lastDeliveryOf(subscriptionId: string) {
  return queryOptions({
    queryKey: ['deliveries.list', 'last', subscriptionId],
    queryFn: async ({ signal }) => {
      const { items } = await api.deliveries.list.query(
        { subscriptionId, limit: MAX_ROWS },
        { signal },
      );
      return items.find(({ channel }) => channel === 'product') ?? null;
    },
  });
}

type AnyQuery = { query(input: unknown, options: { signal: AbortSignal }): Promise<unknown> };

/** The record behind a row of the activity, as the row's `open` names it. */
export function openedRow({ open, id }: Activity) {
  return queryOptions({
    queryKey: [open?.procedure ?? 'activity.list', 'opened', id],
    enabled: open !== undefined,
    queryFn: async ({ signal }) => {
      const [namespace = '', name = ''] = open?.procedure.split('.') ?? [];
      const procedures = api as unknown as Readonly<
        Record<string, Readonly<Record<string, AnyQuery>>>
      >;
      return (await procedures[namespace]?.[name]?.query(open?.input, { signal })) ?? null;
    },
  });
}

/** Offers and their plans, for filters. */
export function offersAndPlans() {
  return queryOptions({
    queryKey: ['catalogue.list', 'offers'],
    queryFn: async ({ signal }) =>
      (await api.catalogue.list.query({ limit: MAX_ROWS }, { signal })).items,
  });
}
