import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

export type Plan = Awaited<ReturnType<typeof api.catalogue.list.query>>['items'][number];
export type Override = Awaited<ReturnType<typeof api.overrides.list.query>>['items'][number];
export type Meter = Awaited<ReturnType<typeof api.meters.list.query>>['items'][number];
export type RecurringCharge = Awaited<ReturnType<typeof api.recurring.list.query>>['items'][number];

export type CatalogueFilter = {
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
};

export function planList(filter: CatalogueFilter) {
  return pagedOptions(['catalogue.list', filter], (cursor, options) =>
    api.catalogue.list.query({ ...filter, ...cursor }, options),
  );
}

export function planHistory(of: {
  readonly offerId: string;
  readonly planId: string;
  readonly publisherId: string;
}) {
  return pagedOptions(['catalogue.history', of], (cursor, options) =>
    api.catalogue.history.query({ ...of, ...cursor }, options),
  );
}

export function overrideList() {
  return pagedOptions(['overrides.list'], (cursor, options) =>
    api.overrides.list.query(cursor, options),
  );
}

export function meterList() {
  return pagedOptions(['meters.list'], (cursor, options) => api.meters.list.query(cursor, options));
}

export function recurringList() {
  return pagedOptions(['recurring.list'], (cursor, options) =>
    api.recurring.list.query(cursor, options),
  );
}

export function runsOf(id: string) {
  return pagedOptions(['recurring.runs', id], (cursor, options) =>
    api.recurring.runs.query({ id, ...cursor }, options),
  );
}
