import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

type HoursInput = Parameters<typeof api.usage.hours.query>[0];
type RefusalsInput = Parameters<typeof api.usage.refusals.query>[0];
type IncidentsInput = Parameters<typeof api.incidents.list.query>[0];

export type UsageHour = Awaited<ReturnType<typeof api.usage.hours.query>>['items'][number];
export type UsageProgress = Awaited<ReturnType<typeof api.usage.progress.query>>;
export type UsageRefusal = Awaited<ReturnType<typeof api.usage.refusals.query>>['items'][number];
export type Incident = Awaited<ReturnType<typeof api.incidents.list.query>>['items'][number];
export type Threshold = Awaited<ReturnType<typeof api.thresholds.list.query>>['items'][number];
export type TermLine = Awaited<ReturnType<typeof api.usage.summary.query>>['dimensions'][number];
export type Statement = Awaited<ReturnType<typeof api.usage.statements.query>>['items'][number];

export type HourFilter = Pick<HoursInput, 'subscriptionId' | 'dimension' | 'state' | 'isTest'>;

export function hourList(filter: HourFilter) {
  return pagedOptions(['usage.hours', filter], (cursor, options) =>
    api.usage.hours.query({ ...filter, ...cursor }, options),
  );
}

/** Names of the ledger that identify an hour. */
export type HourKey = Pick<UsageHour, 'subscriptionId' | 'dimension' | 'hour'>;

const HOUR_MS = 3_600_000;

/** The records that the product reported in the hour. */
export function recordsOf({ subscriptionId, dimension, hour }: HourKey) {
  const to = new Date(Date.parse(hour) + HOUR_MS).toISOString();
  return pagedOptions(['usage.records', subscriptionId, dimension, hour], (cursor, options) =>
    api.usage.records.query({ subscriptionId, dimension, from: hour, to, ...cursor }, options),
  );
}

export function progress() {
  return queryOptions({
    queryKey: ['usage.progress'],
    queryFn: ({ signal }) => api.usage.progress.query({}, { signal }),
  });
}

export function termUsage(subscriptionId: string) {
  return queryOptions({
    queryKey: ['usage.summary', subscriptionId],
    queryFn: ({ signal }) => api.usage.summary.query({ subscriptionId }, { signal }),
  });
}

export function refusalList(filter: Pick<RefusalsInput, 'subscriptionId' | 'refusal'>) {
  return pagedOptions(['usage.refusals', filter], (cursor, options) =>
    api.usage.refusals.query({ ...filter, ...cursor }, options),
  );
}

export function incidentList(
  filter: Pick<IncidentsInput, 'subscriptionId' | 'kind' | 'isSettled'>,
) {
  return pagedOptions(['incidents.list', filter], (cursor, options) =>
    api.incidents.list.query({ ...filter, ...cursor }, options),
  );
}

export function thresholdList() {
  return pagedOptions(['thresholds.list'], (cursor, options) =>
    api.thresholds.list.query(cursor, options),
  );
}

export function statementList(month: string, isTest: boolean) {
  return pagedOptions(['usage.statements', month, isTest], (cursor, options) =>
    api.usage.statements.query({ month, isTest, ...cursor }, options),
  );
}
