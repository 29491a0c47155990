import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';
import { sinceOf, type Within } from './within.ts';

export type Policy = Awaited<ReturnType<typeof api.policies.get.query>>;
export type Rule = Policy['rules'][number];
export type PolicyVersion = Awaited<ReturnType<typeof api.policies.history.query>>['items'][number];
export type TestInput = Parameters<typeof api.policies.test.query>[0];
export type TestAnswer = Awaited<ReturnType<typeof api.policies.test.query>>;
export type PolicyInput = Parameters<typeof api.policies.put.mutate>[0];

export function policy() {
  return queryOptions({
    queryKey: ['policies.get'],
    queryFn: ({ signal }) => api.policies.get.query({}, { signal }),
  });
}

export function policyHistory() {
  return pagedOptions(['policies.history'], (cursor, options) =>
    api.policies.history.query(cursor, options),
  );
}

export function decisionReport(within: Within) {
  return queryOptions({
    queryKey: ['policies.report', within],
    queryFn: ({ signal }) => api.policies.report.query(sinceOf(within), { signal }),
  });
}
