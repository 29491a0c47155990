import type { TRPCClient } from '@trpc/client';
import type { OwnerRouter, ProcedureOwner } from '@landfall/contracts/api.ts';
import type { Caller } from '@landfall/contracts/procedures.ts';

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

export function procedureClient<Owner extends ProcedureOwner>(_options: {
  owner: Owner;
  transport: ProcedureTransport;
  caller: Caller;
  correlationId: () => string;
  timeoutMs?: number;
}): TRPCClient<OwnerRouter<Owner>> {
  throw new Error('being written');
}
