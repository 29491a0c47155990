import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** As many as fit into the palette beside pages and actions. */
const FOUND = 6;

/** Subscriptions for a text: an id, or the beginning of a name or e-mail address. */
export function foundSubscriptions(search: string) {
  return queryOptions({
    queryKey: ['subscriptions.search', search],
    queryFn: ({ signal }) => api.subscriptions.list.query({ search, limit: FOUND }, { signal }),
    placeholderData: keepPreviousData,
  });
}
