import { queryOptions } from '@tanstack/react-query';
import { language } from '../words/words.ts';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

export type Matter = Awaited<ReturnType<typeof api.matters.list.query>>['items'][number];
export type MatterDetail = Awaited<ReturnType<typeof api.matters.get.query>>;

type Wanted = Omit<Parameters<typeof api.matters.list.query>[0], 'cursor' | 'limit' | 'language'>;

export function matterList(wanted: Wanted) {
  return pagedOptions(['matters.list', wanted, language], (cursor, options) =>
    api.matters.list.query({ ...wanted, ...cursor, language }, options),
  );
}

export function matterOf(matterId: string) {
  return queryOptions({
    queryKey: ['matters.get', matterId, language],
    queryFn: ({ signal }) => api.matters.get.query({ matterId, language }, { signal }),
  });
}

/** Enough to reach back over the reads that follow a refused call. */
const CALLS = 50;

/** The newest of these calls about a subscription, if Microsoft did not accept it; otherwise null. */
export function refusedCall(subscriptionId: string, calls: readonly string[]) {
  return queryOptions({
    queryKey: ['subscriptions.exchanges', 'refused', subscriptionId, calls],
    queryFn: async ({ signal }) => {
      const input = { subscriptionId, limit: CALLS };
      const { items } = await api.subscriptions.exchanges.query(input, { signal });
      const newest = items.find(({ call }) => calls.includes(call));
      return newest?.failure === undefined ? null : newest;
    },
  });
}
