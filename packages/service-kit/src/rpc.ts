import type { OwnerRouter, ProcedureOwner } from '@landfall/contracts/api.ts';
import type { Bus } from './bus.ts';
import type { Logger } from './log.ts';

/** Fits the port of the same name in the client package, which is not known here. */
export interface ProcedureTransport {
  request(
    subject: string,
    body: string,
    options: {
      headers: Record<string, string>;
      timeoutMs: number;
      signal?: AbortSignal;
    },
  ): Promise<string>;
}

export function serveProcedures<Owner extends ProcedureOwner>(_options: {
  owner: Owner;
  router: OwnerRouter<Owner>;
  bus: Bus;
  log: Logger;
}): AsyncDisposable {
  throw new Error('being written');
}

export function procedureTransport(_bus: Bus): ProcedureTransport {
  throw new Error('being written');
}
