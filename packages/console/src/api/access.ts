import { api } from './client.ts';
import { pagedOptions } from './paged.ts';
import { sinceOf, type Within } from './within.ts';

type AuditInput = Parameters<typeof api.audit.list.query>[0];

export type Key = Awaited<ReturnType<typeof api.keys.list.query>>['items'][number];
export type Operator = Awaited<ReturnType<typeof api.operators.list.query>>['items'][number];
export type AuditEntry = Awaited<ReturnType<typeof api.audit.list.query>>['items'][number];
export type KeyScope = Parameters<typeof api.keys.create.mutate>[0]['scopes'][number];

export function keyList(filter: { readonly state?: Key['state'] | undefined }) {
  return pagedOptions(['keys.list', filter], (cursor, options) =>
    api.keys.list.query({ ...filter, ...cursor }, options),
  );
}

export function operatorList() {
  return pagedOptions(['operators.list'], (cursor, options) =>
    api.operators.list.query(cursor, options),
  );
}

export type AuditFilter = Pick<
  AuditInput,
  'actor' | 'procedure' | 'subject' | 'outcome' | 'correlationId'
> & { readonly within?: Within | undefined };

export function auditList({ within, ...filter }: AuditFilter) {
  return pagedOptions(['audit.list', filter, within], (cursor, options) =>
    api.audit.list.query({ ...filter, ...cursor, ...sinceOf(within) }, options),
  );
}
