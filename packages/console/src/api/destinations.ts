import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

export type Destination = Awaited<ReturnType<typeof api.destinations.list.query>>['items'][number];
export type Channel = Destination['channel'];
export type DestinationInput = Parameters<typeof api.destinations.create.mutate>[0];
export type DestinationChange = Parameters<typeof api.destinations.update.mutate>[0];

export function destinationList() {
  return pagedOptions(['destinations.list'], (cursor, options) =>
    api.destinations.list.query(cursor, options),
  );
}

/** All destinations. There are a handful, so one page holds them. */
export function allDestinations() {
  return queryOptions({
    queryKey: ['destinations.list', 'all'],
    queryFn: async ({ signal }) =>
      (await api.destinations.list.query({ limit: 200 }, { signal })).items,
  });
}

export function channelList() {
  return queryOptions({
    queryKey: ['destinations.channels'],
    queryFn: async ({ signal }) => (await api.destinations.channels.query({}, { signal })).items,
  });
}
