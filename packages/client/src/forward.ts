import type { Handlers, Procedures } from '@landfall/contracts/procedures.ts';

/** An owner's client, whichever owner it is; `procedureClient` makes one. */
export type AnyProcedureClient = object;

export function forwardHandlers<Table extends Procedures>(
  _table: Table,
  _client: (namespace: string) => AnyProcedureClient,
): Handlers<Table> {
  throw new Error('being written');
}
