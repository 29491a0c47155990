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
import { Fault, isFault } from '@landfall/domain/fault';
import { procedureSpan } from '../telemetry/spans.ts';
import { inSpan, traceParent } from '../telemetry/tracing.ts';

/** Longer than any procedure takes, including calls to Microsoft. */
const TIMEOUT_MS = 10_000;

/**
 * Sends calls. Rejects with a `Fault` (retry later): `rpc.no-responder` (the owner does not run, and nothing was done),
 * `rpc.timeout` or `rpc.disconnected` (the call may have been carried out).
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

/** What one call may override: `client.x.y.query(input, { context })`. */
export type ProcedureCallContext = {
  readonly timeoutMs?: number;
  /** The call ends at this time or at its time-out, whichever comes first. */
  readonly deadline?: Date;
  readonly caller?: Caller;
  readonly correlationId?: string;
};

/**
 * Calls an owner's procedures over NATS. Any instance of the owner may answer. Repeats only a query, once, after the
 * loss of the connection. Throws
 * `TRPCClientError`; `errorDetails` of this package reads its codes.
 */
export function procedureClient<Owner extends ProcedureOwner>(
  options: ProcedureClientOptions<Owner>,
): TRPCClient<OwnerRouter<Owner>> {
  // The link works for every router. The return type gives the owner's own.
  const client = createTRPCClient<AnyTRPCRouter>({ links: [procedureLink(options)] });
  directCalls.set(client, async (call) => {
    try {
      return await send(options, call);
    } catch (error) {
      throw toClientError(error);
    }
  });
  return client;
}

/** A call as a client's link sends it. */
export type DirectCall = Pick<Operation, 'type' | 'path' | 'input' | 'context' | 'signal'>;

const directCalls = new WeakMap<object, (call: DirectCall) => Promise<unknown>>();

/**
 * Makes a call with a client of {@link procedureClient}, without the layers that give the client its types and cancellation.
 * These layers cost as much as the call itself.
 */
export async function callDirectly(client: object, call: DirectCall): Promise<unknown> {
  const direct = directCalls.get(client);
  if (!direct) throw new TypeError('the client was not created by procedureClient');
  return await direct(call);
}

export interface ProcedureClientOptions<Owner extends ProcedureOwner> {
  readonly owner: Owner;
  readonly transport: ProcedureTransport;
  /** The caller, unless the context of a call names another one. */
  readonly caller: Caller;
  readonly correlationId: () => string;
  readonly timeoutMs?: number;
}

function procedureLink(options: ProcedureClientOptions<ProcedureOwner>): TRPCLink<AnyTRPCRouter> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        // `op.signal` aborts a call. The observer is then closed and ignores a later answer.
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
  op: DirectCall,
): Promise<unknown> {
  const context = op.context as ProcedureCallContext;
  const deadline = deadlineOf(context, options.timeoutMs ?? TIMEOUT_MS);
  const timeoutMs = deadline.getTime() - Date.now();
  if (timeoutMs <= 0) {
    throw new Fault('rpc.deadline-passed', 'the deadline passed before the call was sent', {
      retry: 'later',
    });
  }
  const describe = () => procedureSpan('client', options.owner, op.path);
  return await inSpan(describe, async () => {
    try {
      return await sendInTime(options, op, { deadline, timeoutMs });
    } catch (error) {
      const leftMs = deadline.getTime() - Date.now();
      if (leftMs <= 0 || !mayRepeat(op, error)) throw error;
      return await sendInTime(options, op, { deadline, timeoutMs: leftMs });
    }
  });
}

/** A query changes nothing. When a node of NATS dies, its clients are connected to another one within a second. */
function mayRepeat({ type, signal }: DirectCall, error: unknown): boolean {
  return type === 'query' && !signal?.aborted && isConnectionLost(error);
}

/** The connection to NATS was lost while the answer was awaited. The call may have been carried out. */
function isConnectionLost(error: unknown): boolean {
  return isFault(error) && error.code === 'rpc.disconnected';
}

async function sendInTime(
  options: ProcedureClientOptions<ProcedureOwner>,
  op: DirectCall,
  { deadline, timeoutMs }: { readonly deadline: Date; readonly timeoutMs: number },
): Promise<unknown> {
  const context = op.context as ProcedureCallContext;
  const span = traceParent();
  const text = await options.transport.request(
    procedureSubject(options.owner, op.path),
    JSON.stringify({ type: op.type, input: op.input }),
    {
      headers: {
        [headerNames.caller]: JSON.stringify(context.caller ?? options.caller),
        [headerNames.correlationId]: context.correlationId ?? options.correlationId(),
        [headerNames.timeLeft]: String(timeoutMs),
        [headerNames.deadline]: deadline.toISOString(),
        ...(span !== undefined && { [headerNames.traceParent]: span }),
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
