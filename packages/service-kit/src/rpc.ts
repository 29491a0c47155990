import {
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  type AnyTRPCRouter,
} from '@trpc/server';
import {
  procedureSubject,
  type OwnerRouter,
  type ProcedureOwner,
} from '@landfall/contracts/api.ts';
import { ownAlertProcedures } from '@landfall/contracts/alert-procedures.ts';
import { metrics as table } from '@landfall/contracts/metrics.ts';
import { createRouter, RemoteError, type Call } from '@landfall/contracts/procedures.ts';
import { isFault } from '@landfall/domain/fault.ts';
import type { Alerts } from './alerts.ts';
import type { Bus, BusMessage } from './bus.ts';
import { withCorrelation } from './correlation.ts';
import { databaseFault } from './database-faults.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { callOf, parseRequest, type ProcedureRequest } from './rpc-call.ts';
import { Slots } from './slots.ts';

/** Calls at a time in one process; a call is mostly a wait for Postgres, whose pool is smaller. */
const MAX_CALLS = 256;
/** Calls that wait for their turn; above it the queue would only be a list of time-outs. */
const MAX_WAITING = 4096;

/** Fits the port of the same name in the client package, which is not known here. */
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

/** Sends procedure calls over the bus; rejects with the faults of {@link Bus.request}. */
export function procedureTransport(bus: Bus): ProcedureTransport {
  return {
    request: (subject, body, options) => bus.request(subject, body, options),
  };
}

/**
 * Answers an owner's procedures on `rpc.<owner>.>`. Instances of an owner share the calls. Caller,
 * correlation id and deadline come from the headers; a call whose deadline is over is not started,
 * and a running one can watch `call.signal`. Errors are told as the router's formatter puts them,
 * faults and bugs are logged. Closing takes no new calls and finishes those in flight. With `alerts`
 * the owner also answers `ownAlerts.list`, which every service does.
 */
export function serveProcedures<Owner extends ProcedureOwner>(options: {
  owner: Owner;
  router: OwnerRouter<Owner>;
  bus: Bus;
  log: Logger;
  metrics?: Metrics | undefined;
  alerts?: Alerts | undefined;
}): AsyncDisposable {
  const { owner, bus, metrics, alerts } = options;
  const prefix = procedureSubject(owner, '');
  const server: ProcedureServer = {
    router: options.router,
    alertsRouter: alerts && ownAlertsRouter(alerts),
    metrics,
    log: options.log.child({ part: 'rpc' }),
    slots: new Slots(MAX_CALLS),
    maxAnswerBytes: () => bus.maxPayloadBytes,
  };
  return bus.respond(`${prefix}>`, owner, (message) =>
    answer(server, message.subject.slice(prefix.length), message),
  );
}

const OWN_ALERTS = 'ownAlerts.';

function ownAlertsRouter(alerts: Alerts): AnyTRPCRouter {
  const list = async () => ({ firing: await alerts.firing() });
  return createRouter(ownAlertProcedures, { ownAlerts: { list } });
}

interface ProcedureServer {
  readonly router: AnyTRPCRouter;
  readonly alertsRouter: AnyTRPCRouter | undefined;
  readonly metrics: Metrics | undefined;
  readonly log: Logger;
  readonly slots: Slots;
  readonly maxAnswerBytes: () => number;
}

function routerOf(server: ProcedureServer, path: string): AnyTRPCRouter {
  return (path.startsWith(OWN_ALERTS) && server.alertsRouter) || server.router;
}

async function answer(server: ProcedureServer, path: string, message: BusMessage): Promise<string> {
  const startedAt = performance.now();
  const call = callOf(message.headers);
  if (!call) {
    const error = new TRPCError({ code: 'UNAUTHORIZED', message: 'The call names no caller.' });
    return failure(server, { path, error });
  }
  return withCorrelation(call.correlationId, async () => {
    try {
      const data = await inTurn(server, call, () => perform(server, path, { call, message }));
      const text = bounded(server, JSON.stringify({ result: { data } }));
      measure(server, path, { startedAt, outcome: 'ok' });
      return text;
    } catch (cause) {
      const error = toTrpcError(cause);
      measure(server, path, { startedAt, outcome: outcomeOf(error) });
      return failure(server, { path, call, error });
    }
  });
}

/** By procedure, where there is such a one: a subject is whatever a caller has written. */
function measure(
  server: ProcedureServer,
  path: string,
  { startedAt, outcome }: { readonly startedAt: number; readonly outcome: string },
): void {
  const isKnown = path in routerOf(server, path)._def.procedures;
  const labels = { procedure: isKnown ? path : 'unknown', outcome };
  server.metrics?.observe(table.rpcCall, labels, performance.now() - startedAt);
}

/** The most telling code, which is one of a few. */
function outcomeOf({ cause, code }: TRPCError): string {
  if (isFault(cause)) return cause.code;
  const told = cause instanceof RemoteError ? cause.details : {};
  return told.rejection ?? told.fault ?? code.toLowerCase().replaceAll('_', '-');
}

/** Waits for a free place; nothing is begun that nobody waits for any more. */
async function inTurn<T>(server: ProcedureServer, call: Call, fn: () => Promise<T>): Promise<T> {
  if (server.slots.waiting >= MAX_WAITING) {
    throw remote('SERVICE_UNAVAILABLE', 'rpc.overloaded', 'Too many calls are waiting.');
  }
  await server.slots.take();
  try {
    if (call.deadline.getTime() <= Date.now()) {
      throw remote('TIMEOUT', 'rpc.deadline-passed', 'The call came after its deadline.');
    }
    return await fn();
  } finally {
    server.slots.release();
  }
}

async function perform(
  server: ProcedureServer,
  path: string,
  given: { readonly call: Call; readonly message: BusMessage },
): Promise<unknown> {
  const { type, input } = requestOf(given.message.body);
  const deadline = abortAt(given.call.deadline);
  try {
    return await callTRPCProcedure({
      router: routerOf(server, path),
      path,
      type,
      ctx: { ...given.call, signal: deadline.signal },
      getRawInput: async () => input,
      signal: deadline.signal,
      batchIndex: 0,
    });
  } finally {
    deadline[Symbol.dispose]();
  }
}

function requestOf(body: string): ProcedureRequest {
  try {
    return parseRequest(body);
  } catch (cause) {
    throw new TRPCError({ code: 'PARSE_ERROR', message: 'The call is malformed.', cause });
  }
}

/** A timer that does not outlive its call, unlike that of `AbortSignal.timeout`. */
function abortAt(deadline: Date): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), deadline.getTime() - Date.now());
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}

function bounded(server: ProcedureServer, text: string): string {
  if (Buffer.byteLength(text) <= server.maxAnswerBytes()) return text;
  throw remote(
    'PAYLOAD_TOO_LARGE',
    'rpc.answer-too-large',
    'The answer is too large for one message. Ask for fewer items at a time.',
  );
}

function remote(code: TRPCError['code'], fault: string, message: string): TRPCError {
  return new TRPCError({ code, message, cause: new RemoteError(message, { fault }) });
}

/** Errors of the pool's own queries get their fault here, as those of Kysely have theirs. */
function toTrpcError(cause: unknown): TRPCError {
  const error = getTRPCErrorFromUnknown(cause);
  if (error.code !== 'INTERNAL_SERVER_ERROR' || isFault(error.cause)) return error;
  const fault = databaseFault(error.cause);
  return fault ? new TRPCError({ code: error.code, message: error.message, cause: fault }) : error;
}

function failure(
  server: ProcedureServer,
  failed: { readonly path: string; readonly call?: Call; readonly error: TRPCError },
): string {
  const { path, call, error } = failed;
  if (isFault(error.cause)) server.log.warn({ path, err: error.cause }, 'procedure met a fault');
  else if (error.code === 'INTERNAL_SERVER_ERROR') {
    server.log.error({ path, err: error.cause ?? error }, 'procedure failed');
  } else server.log.debug({ path, code: error.code }, 'procedure refused');
  const shape: unknown = getTRPCErrorShape({
    config: server.router._def._config,
    ctx: call,
    error,
    input: undefined,
    path,
    type: 'unknown',
  });
  return JSON.stringify({ error: shape });
}
