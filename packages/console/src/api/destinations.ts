import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

export type Destination = Awaited<ReturnType<typeof api.destinations.list.query>>['items'][number];

export function destinationList() {
  return pagedOptions(['destinations.list'], (cursor, options) =>
    api.destinations.list.query(cursor, options),
  );
}
