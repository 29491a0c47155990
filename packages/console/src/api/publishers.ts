import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

export type Publisher = Awaited<ReturnType<typeof api.publishers.list.query>>['items'][number];

/** The configured publishers. The configuration changes only with a restart. */
export function publisherList() {
  return queryOptions({
    queryKey: ['publishers.list'],
    queryFn: async ({ signal }) => (await api.publishers.list.query({}, { signal })).items,
  });
}
