import {
  createTRPCClient,
  TRPCClientError,
  type Operation,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { procedureSubject, type OwnerRouter, type ProcedureOwner } from '@landfall/contracts/api';
import { headerNames } from '@landfall/contracts/envelope';
import type { Caller } from '@landfall/contracts/caller';
import { Fault } from '@landfall/domain/fault';

/** Longer than any procedure of ours takes, Microsoft's answer included where it is asked. */
const TIMEOUT_MS = 10_000;

/**
 * How calls travel. Rejects with a `Fault`: `rpc.no-responder` (the owner does not run; nothing was
 * done), `rpc.timeout` or `rpc.disconnected` (it may or may not be done), each retry "later".
 */
export interface ProcedureTransport {
  request(
    subject: string,
    body: string,
    options: {
      headers: Record<string, string>;
      timeoutMs: number;
      signal?: AbortSignal | undefined;
    },
  ): Promise<string>;
}

/** What one call may say otherwise than its client: `client.x.y.query(input, { context })`. */
export type ProcedureCallContext = {
  readonly timeoutMs?: number;
  /** The earlier one of this and the time-out holds. */
  readonly deadline?: Date;
  readonly caller?: Caller;
  readonly correlationId?: string;
};

/**
 * An owner's procedures, called over NATS. Throws `TRPCClientError`; `errorDetails` of this package
 * tells the codes. Any instance of the owner answers; a call is never repeated by itself.
 */
export function procedureClient<Owner extends ProcedureOwner>(
  options: ProcedureClientOptions<Owner>,
): TRPCClient<OwnerRouter<Owner>> {
  // The link does not depend on the router's type; each owner's own comes with the return type.
  return createTRPCClient<AnyTRPCRouter>({ links: [procedureLink(options)] });
}

export interface ProcedureClientOptions<Owner extends ProcedureOwner> {
  readonly owner: Owner;
  readonly transport: ProcedureTransport;
  /** Who asks, unless a call's context says otherwise. */
  readonly caller: Caller;
  readonly correlationId: () => string;
  readonly timeoutMs?: number;
}

function procedureLink(options: ProcedureClientOptions<ProcedureOwner>): TRPCLink<AnyTRPCRouter> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        // An abort comes through `op.signal`; what is answered after it meets a closed observer.
        send(options, op).then(
          (data) => {
            observer.next({ result: { type: 'data', data } });
            observer.complete();
          },
          (error: unknown) => observer.error(toClientError(error)),
        );
        return () => {};
      });
}

async function send(
  options: ProcedureClientOptions<ProcedureOwner>,
  op: Operation,
): Promise<unknown> {
  const context = op.context as ProcedureCallContext;
  const deadline = deadlineOf(context, options.timeoutMs ?? TIMEOUT_MS);
  const timeoutMs = deadline.getTime() - Date.now();
  if (timeoutMs <= 0) {
    throw new Fault('rpc.deadline-passed', 'the deadline was over before the call', {
      retry: 'later',
    });
  }
  const text = await options.transport.request(
    procedureSubject(options.owner, op.path),
    JSON.stringify({ type: op.type, input: op.input }),
    {
      headers: {
        [headerNames.caller]: JSON.stringify(context.caller ?? options.caller),
        [headerNames.correlationId]: context.correlationId ?? options.correlationId(),
        [headerNames.timeLeft]: String(timeoutMs),
        [headerNames.deadline]: deadline.toISOString(),
      },
      timeoutMs,
      ...(op.signal ? { signal: op.signal } : {}),
    },
  );
  const answer = JSON.parse(text) as { result: { data?: unknown } } | { error: unknown };
  if ('error' in answer) throw TRPCClientError.from(answer as { error: never });
  return answer.result.data;
}

function deadlineOf(context: ProcedureCallContext, timeoutMs: number): Date {
  const own = Date.now() + (context.timeoutMs ?? timeoutMs);
  return new Date(Math.min(own, context.deadline?.getTime() ?? own));
}

function toClientError(error: unknown): TRPCClientError<AnyTRPCRouter> {
  return error instanceof Error
    ? TRPCClientError.from(error)
    : new TRPCClientError('the call failed', {
        cause: new Error('not an error', { cause: error }),
      });
}
