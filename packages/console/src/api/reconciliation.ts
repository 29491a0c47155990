import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { pagedOptions } from './paged.ts';

export type Run = Awaited<ReturnType<typeof api.reconciliation.list.query>>['items'][number];
export type Finding = Awaited<
  ReturnType<typeof api.reconciliation.findings.query>
>['items'][number];

type FindingsInput = NonNullable<Parameters<typeof api.reconciliation.findings.query>[0]>;
export type FindingFilter = Pick<FindingsInput, 'runId' | 'kind' | 'state' | 'subscriptionId'>;

/** A run tells its progress only when it is read. */
const RUNNING_MS = 2_000;

export function runList() {
  const options = pagedOptions(['reconciliation.list'], (cursor, call) =>
    api.reconciliation.list.query(cursor, call),
  );
  return { ...options, refetchInterval: intervalOf };
}

function intervalOf({
  state: { data },
}: {
  readonly state: {
    readonly data?: { readonly pages: readonly { readonly items: readonly Run[] }[] } | undefined;
  };
}): number | false {
  const isRunning = data?.pages[0]?.items.some(({ state }) => state === 'running');
  return isRunning === true ? RUNNING_MS : false;
}

export function runOf(runId: string) {
  return queryOptions({
    queryKey: ['reconciliation.get', runId],
    queryFn: ({ signal }) => api.reconciliation.get.query({ runId }, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? RUNNING_MS : false),
  });
}

export function findingList(filter: FindingFilter) {
  return pagedOptions(['reconciliation.findings', filter], (cursor, options) =>
    api.reconciliation.findings.query({ ...filter, ...cursor }, options),
  );
}
