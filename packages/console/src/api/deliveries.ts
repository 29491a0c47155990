import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

type ListInput = NonNullable<Parameters<typeof api.deliveries.list.query>[0]>;

export type DeliveryRow = Awaited<ReturnType<typeof api.deliveries.list.query>>['items'][number];
export type Delivery = Awaited<ReturnType<typeof api.deliveries.get.query>>;

export type DeliveryFilter = Omit<ListInput, 'limit' | 'cursor' | 'publisherId'>;

export function deliveryList(filter: DeliveryFilter) {
  return pagedOptions(['deliveries.list', filter], (cursor, options) =>
    api.deliveries.list.query({ ...filter, ...cursor }, options),
  );
}

export function deliveryOf(deliveryId: string) {
  return queryOptions({
    queryKey: ['deliveries.get', deliveryId],
    queryFn: ({ signal }) => api.deliveries.get.query({ deliveryId }, { signal }),
  });
}
