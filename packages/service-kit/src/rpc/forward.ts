import { TRPCClientError } from '@trpc/client';
import { TRPCError } from '@trpc/server';
import {
  RemoteError,
  type Call,
  type ErrorDetails,
  type Handlers,
  type ProcedureKind,
  type Procedures,
} from '@landfall/contracts/procedures';
import { errorDetails } from './errors.ts';
import { callDirectly, type ProcedureCallContext } from './nats.ts';

/** The client of any owner, as `procedureClient` creates it. */
export type AnyProcedureClient = object;

/**
 * Handlers that forward each call to its owner, with caller, correlation id and deadline. They return the owner's answer
 * unchanged, and an error with its code, message and details. So a caller gets the same answer as from the owner itself.
 */
export function forwardHandlers<Table extends Procedures>(
  table: Table,
  client: (namespace: string) => AnyProcedureClient,
): Handlers<Table> {
  const namespaces = Object.entries(table).map(([namespace, specs]) => {
    const owner = client(namespace);
    const handlers = Object.entries(specs).map(([name, { kind }]) => {
      const path = `${namespace}.${name}`;
      return [name, (input: unknown, call: Call) => forward(owner, { path, kind, input, call })];
    });
    return [namespace, Object.fromEntries(handlers)];
  });
  // The record is built from data, so TypeScript cannot infer its type.
  return Object.fromEntries(namespaces) as Handlers<Table>;
}

async function forward(
  owner: AnyProcedureClient,
  request: {
    readonly path: string;
    readonly kind: ProcedureKind;
    readonly input: unknown;
    readonly call: Call;
  },
): Promise<unknown> {
  const { path, kind, input, call } = request;
  const context: ProcedureCallContext = {
    caller: call.caller,
    correlationId: call.correlationId,
    deadline: call.deadline,
  };
  if (kind === 'stream') throw new Error('a stream has no answer that could be forwarded');
  const type = kind === 'query' ? 'query' : 'mutation';
  try {
    return await callDirectly(owner, { type, path, input, context, signal: call.signal });
  } catch (error) {
    throw toServerError(error);
  }
}

function toServerError(error: unknown): unknown {
  const details = errorDetails(error);
  if (!details || !(error instanceof TRPCClientError)) return error;
  const { code, httpStatus: _, ...rest } = details;
  const forwarded: ErrorDetails = rest;
  return new TRPCError({
    code: code as TRPCError['code'],
    message: error.message,
    cause: new RemoteError(error.message, forwarded, { cause: error }),
  });
}
