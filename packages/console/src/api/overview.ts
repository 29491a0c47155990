import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { language } from '../words/words.ts';
import { api } from './client.ts';

/** The queries of the home page. Each answers, fails and is refreshed on its own; the browser sends them as one request. */

/** Enough to see what is next, and few enough to leave the other answers on the first screen. */
const NEXT_MATTERS = 3;
/** Comparisons run once a day. */
const RUNS = 14;

export const matterCounts = () =>
  queryOptions({
    queryKey: ['matters.counts'],
    queryFn: ({ signal }) => api.matters.counts.query({}, { signal }),
  });

export const nextMatters = () =>
  queryOptions({
    queryKey: ['matters.list', { next: NEXT_MATTERS }],
    queryFn: ({ signal }) => api.matters.list.query({ limit: NEXT_MATTERS, language }, { signal }),
    placeholderData: keepPreviousData,
  });

export const recentRuns = () =>
  queryOptions({
    queryKey: ['reconciliation.list', { limit: RUNS }],
    queryFn: ({ signal }) => api.reconciliation.list.query({ limit: RUNS }, { signal }),
  });

export const openFindings = () =>
  queryOptions({
    queryKey: ['reconciliation.findings', { state: 'open' }],
    queryFn: ({ signal }) =>
      api.reconciliation.findings.query({ state: 'open', limit: 1 }, { signal }),
  });

export const notificationSummary = () =>
  queryOptions({
    queryKey: ['notifications.summary'],
    queryFn: ({ signal }) => api.notifications.summary.query({}, { signal }),
  });

export const webhookCounters = () =>
  queryOptions({
    queryKey: ['notifications.counters'],
    queryFn: ({ signal }) => api.notifications.counters.query({}, { signal }),
  });

export const usageProgress = () =>
  queryOptions({
    queryKey: ['usage.progress'],
    queryFn: ({ signal }) => api.usage.progress.query({}, { signal }),
  });

export const credentialStatus = () =>
  queryOptions({
    queryKey: ['credentials.status'],
    queryFn: ({ signal }) => api.credentials.status.query({}, { signal }),
  });

export const deliverySummary = () =>
  queryOptions({
    queryKey: ['deliveries.summary'],
    queryFn: ({ signal }) => api.deliveries.summary.query({}, { signal }),
  });

export const allDestinations = () =>
  queryOptions({
    queryKey: ['destinations.list', { limit: 200 }],
    queryFn: ({ signal }) => api.destinations.list.query({ limit: 200 }, { signal }),
  });

export const firingAlerts = () =>
  queryOptions({
    queryKey: ['alerts.list'],
    queryFn: ({ signal }) => api.alerts.list.query({}, { signal }),
  });
