import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

export type Check = Awaited<ReturnType<typeof api.doctor.run.query>>['checks'][number];
export type SetupValue = Awaited<ReturnType<typeof api.doctor.setup.query>>['installation'][number];
export type FiringAlert = Awaited<ReturnType<typeof api.alerts.list.query>>['firing'][number];
export type ParkedTask = Awaited<ReturnType<typeof api.parkedTasks.list.query>>['items'][number];
export type DeadLetter = Awaited<ReturnType<typeof api.deadLetters.list.query>>['items'][number];
export type RetentionRule = Awaited<ReturnType<typeof api.retention.get.query>>['rules'][number];
export type Settings = Awaited<ReturnType<typeof api.settings.get.query>>;
export type SettingsChange = Parameters<typeof api.settings.put.mutate>[0]['settings'];

/** It asks every service and Microsoft, so it runs when a person wants it, and its answer stays until then. */
export function doctorRun(publisherId?: string) {
  return queryOptions({
    queryKey: ['doctor.run', publisherId],
    queryFn: ({ signal }) => api.doctor.run.query(forPublisher(publisherId), { signal }),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

export function setupValues() {
  return queryOptions({
    queryKey: ['doctor.setup'],
    queryFn: ({ signal }) => api.doctor.setup.query({}, { signal }),
  });
}

/** Services publish no event for an alert. */
const ALERTS_MS = 15_000;

export function alerts() {
  return queryOptions({
    queryKey: ['alerts.list'],
    queryFn: ({ signal }) => api.alerts.list.query({}, { signal }),
    refetchInterval: ALERTS_MS,
  });
}

export function parkedTaskList() {
  return pagedOptions(['parkedTasks.list'], (cursor, options) =>
    api.parkedTasks.list.query(cursor, options),
  );
}

export function deadLetterList() {
  return pagedOptions(['deadLetters.list'], (cursor, options) =>
    api.deadLetters.list.query(cursor, options),
  );
}

export function retentionRules() {
  return queryOptions({
    queryKey: ['retention.get'],
    queryFn: ({ signal }) => api.retention.get.query({}, { signal }),
  });
}

export function credentials() {
  return queryOptions({
    queryKey: ['credentials.status', 'all'],
    queryFn: ({ signal }) => api.credentials.status.query({}, { signal }),
  });
}

export function runsOfPublisher(publisherId: string | undefined) {
  return queryOptions({
    queryKey: ['reconciliation.list', 'of', publisherId],
    queryFn: ({ signal }) =>
      api.reconciliation.list.query({ limit: 1, ...forPublisher(publisherId) }, { signal }),
  });
}

export function notificationsOfPublisher(publisherId: string | undefined) {
  return queryOptions({
    queryKey: ['notifications.summary', 'of', publisherId],
    queryFn: ({ signal }) => api.notifications.summary.query(forPublisher(publisherId), { signal }),
  });
}

/** Without an offer: what all offers of the publisher inherit. */
export function settingsOf(publisherId: string | undefined, offerId: string | undefined) {
  return queryOptions({
    queryKey: ['settings.get', publisherId, offerId],
    queryFn: ({ signal }) =>
      api.settings.get.query(
        { ...forPublisher(publisherId), ...(offerId === undefined ? {} : { offerId }) },
        { signal },
      ),
  });
}

/** The only publisher of an installation may have no id. */
export function forPublisher(publisherId: string | undefined): { readonly publisherId?: string } {
  return publisherId === undefined ? {} : { publisherId };
}
