import {
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
  type AnyTRPCRouter,
} from '@trpc/server';
import { procedureSubject, type OwnerRouter, type ProcedureOwner } from '@landfall/contracts/api';
import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import { ownPersonalDataProcedures } from '@landfall/contracts/personal-data-procedures';
import { ownCheckProcedures } from '@landfall/contracts/doctor-procedures';
import { metrics as table } from '@landfall/contracts/metrics';
import { callerId, type Caller } from '@landfall/contracts/caller';
import { headerNames } from '@landfall/contracts/envelope';
import {
  createRouter,
  RemoteError,
  type Call,
  type ProcedureMeta,
} from '@landfall/contracts/procedures';
import { isFault } from '@landfall/domain/fault';
import type { Alerts } from '../metrics/alerts.ts';
import type { OwnPersonalData } from '../personal-data/personal-data.ts';
import type { OwnChecks } from '../checks/checks.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusMessage } from '../bus/core-messages.ts';
import { withCorrelation } from '../log/correlation.ts';
import { databaseFault } from '../database/faults.ts';
import type { Logger } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { callOf, parseRequest, type ProcedureRequest } from './call.ts';
import { procedureSpan } from '../telemetry/spans.ts';
import { continueTrace, markSpanFailed } from '../telemetry/tracing.ts';
import type { ProcedureTransport } from './nats.ts';
import { createFairPlaces, type FairPlaces, type PlaceOwner } from './fair-places.ts';

/** Calls at a time in one process. Calls mostly wait for PostgreSQL, so this may exceed the size of its pool. */
const MAX_CALLS = 256;
/**
 * Calls of one API key at a time, or of all keys of one publisher together. Fewer than the ten connections of a pool, so
 * that slow statements of one caller leave connections for the others.
 */
const CALLS_PER_CALLER = 8;
/** Calls of one of our own services at a time. It calls for many people, and limits each of them itself. */
const CALLS_PER_SERVICE = 128;
/** Waiting calls per caller. In a longer queue, calls would time out before their turn. */
const MAX_WAITING = 256;
const MAX_WAITING_PER_SERVICE = 1024;
/** Places for urgent calls only. Each of them may wait for Microsoft or a product for seconds. */
const URGENT_CALLS = 256;
/** Half of them, so that a publisher with many changes leaves as many places for the others. */
const URGENT_PER_PUBLISHER = 128;
/** When a caller with too many calls may try again. Places become free within milliseconds. */
const OVERLOADED_RETRY_MS = 1000;

/** Sends procedure calls over the bus; rejects with the faults of {@link Bus.request}. */
export function procedureTransport(bus: Bus): ProcedureTransport {
  return {
    request: (subject, body, options) => bus.request(subject, body, options),
  };
}

/**
 * Answers an owner's procedures on `rpc.<owner>.>`. All instances of an owner share the calls. Caller, correlation id and
 * deadline come from the headers. A call is not started after its deadline; a running one can watch `call.signal`.
 * Callers take turns, each with its own limit, and urgent procedures have places of their own. The router's formatter
 * turns errors into answers; faults and bugs are logged. Closing takes no new calls and waits for open ones. With
 * `alerts`, `checks` and `personalData`, also answers `ownAlerts`, `ownChecks` and `ownPersonalData`, as every service
 * does.
 */
export function serveProcedures<Owner extends ProcedureOwner>(options: {
  owner: Owner;
  router: OwnerRouter<Owner>;
  bus: Bus;
  log: Logger;
  metrics?: Metrics | undefined;
  alerts?: Pick<Alerts, 'firing'> | undefined;
  checks?: OwnChecks | undefined;
  personalData?: OwnPersonalData | undefined;
}): AsyncDisposable {
  const { owner, bus, metrics, alerts, checks, personalData } = options;
  const prefix = procedureSubject(owner, '');
  const server: ProcedureServer = {
    router: options.router,
    ownRouters: {
      ...(alerts && { ownAlerts: ownAlertsRouter(alerts) }),
      ...(personalData && {
        ownPersonalData: createRouter(ownPersonalDataProcedures, { ownPersonalData: personalData }),
      }),
      ...(checks && { ownChecks: createRouter(ownCheckProcedures, { ownChecks: checks }) }),
    },
    metrics,
    log: options.log.child({ part: 'rpc' }),
    places: createFairPlaces(MAX_CALLS),
    urgentPlaces: createFairPlaces(URGENT_CALLS),
    maxAnswerBytes: () => bus.maxPayloadBytes,
  };
  return bus.respond(`${prefix}>`, owner, (message) => {
    const path = message.subject.slice(prefix.length);
    const describe = () => procedureSpan('server', owner, knownOr(server, path));
    return continueTrace(message.headers[headerNames.traceParent], describe, () =>
      answer(server, path, message),
    );
  });
}

function ownAlertsRouter(alerts: Pick<Alerts, 'firing'>): AnyTRPCRouter {
  const list = async () => ({ firing: await alerts.firing() });
  return createRouter(ownAlertProcedures, { ownAlerts: { list } });
}

interface ProcedureServer {
  readonly router: AnyTRPCRouter;
  /** Routers of the namespaces that every service answers. */
  readonly ownRouters: Readonly<Record<string, AnyTRPCRouter>>;
  readonly metrics: Metrics | undefined;
  readonly log: Logger;
  readonly places: FairPlaces;
  readonly urgentPlaces: FairPlaces;
  readonly maxAnswerBytes: () => number;
}

function routerOf(server: ProcedureServer, path: string): AnyTRPCRouter {
  return server.ownRouters[path.split('.', 1)[0] ?? ''] ?? server.router;
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
      const data = await inTurn(server, path, { call, message });
      const text = bounded(server, JSON.stringify({ result: { data } }));
      measure(server, path, { startedAt, outcome: 'ok' });
      return text;
    } catch (cause) {
      const error = toTrpcError(cause);
      markSpanFailed(outcomeOf(error));
      measure(server, path, { startedAt, outcome: outcomeOf(error) });
      return failure(server, { path, call, error });
    }
  });
}

function measure(
  server: ProcedureServer,
  path: string,
  { startedAt, outcome }: { readonly startedAt: number; readonly outcome: string },
): void {
  const labels = { procedure: knownOr(server, path), outcome };
  server.metrics?.observe(table.rpcCall, labels, performance.now() - startedAt);
}

/** Unknown procedures share one name, because a caller can send any subject. */
function knownOr(server: ProcedureServer, path: string): string {
  return path in routerOf(server, path)._def.procedures ? path : 'unknown';
}

/** The most specific code. Each comes from a fixed set. */
function outcomeOf({ cause, code }: TRPCError): string {
  if (isFault(cause)) return cause.code;
  const details = cause instanceof RemoteError ? cause.details : {};
  return details.rejection ?? details.fault ?? code.toLowerCase().replaceAll('_', '-');
}

interface Asked {
  readonly call: Call;
  readonly message: BusMessage;
}

/** Waits for a free place. Does not start a call after its deadline, because its caller no longer waits. */
async function inTurn(server: ProcedureServer, path: string, asked: Asked): Promise<unknown> {
  const request = requestOf(asked.message.body);
  using deadline = abortAt(asked.call.deadline);
  const isUrgent = isUrgentProcedure(server, path);
  const places = isUrgent ? server.urgentPlaces : server.places;
  const owner = isUrgent ? ownerOfUrgent(request.input) : ownerOf(asked.call.caller);
  const release = await places.take(owner, deadline.signal);
  if (release === 'full') {
    const message = 'This caller has too many waiting calls. Try again shortly.';
    throw remote('SERVICE_UNAVAILABLE', 'rpc.overloaded', message, OVERLOADED_RETRY_MS);
  }
  try {
    if (!release || deadline.signal.aborted) {
      throw remote('TIMEOUT', 'rpc.deadline-passed', 'The call came after its deadline.');
    }
    const { type, input } = request;
    return await callTRPCProcedure({
      router: routerOf(server, path),
      path,
      type,
      ctx: { ...asked.call, signal: deadline.signal },
      getRawInput: async () => input,
      signal: deadline.signal,
      batchIndex: 0,
    });
  } finally {
    release?.();
  }
}

function isUrgentProcedure(server: ProcedureServer, path: string): boolean {
  const procedures = routerOf(server, path)._def.procedures as Readonly<
    Record<string, { readonly _def?: { readonly meta?: Partial<ProcedureMeta> } }>
  >;
  return procedures[path]?._def?.meta?.isUrgent === true;
}

/** All keys of one publisher share its places, so that a second key does not double them. */
function ownerOf(caller: Caller): PlaceOwner {
  if (caller.kind === 'service') {
    const waiting = MAX_WAITING_PER_SERVICE;
    return { name: `service ${caller.name}`, places: CALLS_PER_SERVICE, waiting };
  }
  const { publisherId } = caller;
  const name = publisherId === undefined ? callerId(caller) : `publisher ${publisherId}`;
  return { name, places: CALLS_PER_CALLER, waiting: MAX_WAITING };
}

/** The publisher that an urgent call is about. Calls without a publisher id, of the only publisher, share one owner. */
function ownerOfUrgent(input: unknown): PlaceOwner {
  const named = new Map<string, unknown>(Object.entries(input ?? {})).get('publisherId');
  const name = typeof named === 'string' ? named : '';
  return { name, places: URGENT_PER_PUBLISHER, waiting: MAX_WAITING };
}

function requestOf(body: string): ProcedureRequest {
  try {
    return parseRequest(body);
  } catch (cause) {
    throw new TRPCError({ code: 'PARSE_ERROR', message: 'The call is malformed.', cause });
  }
}

/** Aborts at the deadline. Unlike with `AbortSignal.timeout`, the timer ends with the call. */
function abortAt(deadline: Date): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const leftMs = deadline.getTime() - Date.now();
  if (leftMs <= 0) controller.abort();
  const timer = setTimeout(() => controller.abort(), Math.max(0, leftMs));
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

function remote(
  code: TRPCError['code'],
  fault: string,
  message: string,
  retryAfterMs?: number,
): TRPCError {
  return new TRPCError({ code, message, cause: new RemoteError(message, { fault, retryAfterMs }) });
}

/** Turns errors of direct pool queries into faults. Those of Kysely are faults already. */
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
