import {
  initTRPC,
  tracked,
  TRPCError,
  type TrackedEnvelope,
  type TRPCBuiltRouter,
  type TRPCMutationProcedure,
  type TRPCQueryProcedure,
  type TRPCSubscriptionProcedure,
} from '@trpc/server';
import type { z } from 'zod';
import { isFault } from '@landfall/domain/fault';
import { inputIssues, inputMessage, type InputIssue } from './input-issues.ts';
import { Rejection, rejectionCodes, type RejectionCode } from './rejections.ts';
import {
  fieldOf,
  withinScope,
  type AnyOwnership,
  type EdgeOwnership,
  type Ownership,
  type ScopedBy,
  type Thing,
} from './ownership.ts';
import { mayCall, scopeNeeded, sessionNeeded } from './call-scope.ts';
import type { Caller } from './caller.ts';
import type { ProcedureScope } from './scopes.ts';
import type { ServiceName } from './services.ts';
import { unknownFields } from './unknown-fields.ts';

/** What a handler knows about a call besides its input. */
export interface Call {
  readonly caller: Caller;
  readonly correlationId: string;
  /** When the caller stops waiting for the answer. */
  readonly deadline: Date;
  readonly signal?: AbortSignal | undefined;
  /** The caller's own id of a command. A command that is repeated with the same id is not carried out again. */
  readonly idempotencyKey?: string | undefined;
  /**
   * Looks the caller up again, for calls that last: undefined if the key or the session is no longer valid. Throws a fault if
   * that cannot be found out at the moment. `publisherId` is as for `callerFor`.
   */
  readonly readmit?: ((publisherId?: string) => Promise<Caller | undefined>) | undefined;
  /** The caller's address. Known only in the gateway, for the audit log. */
  readonly from?: string | undefined;
  /** When the session of the calling person ends. Known only in the gateway. */
  readonly sessionEndsAt?: Date | undefined;
  /**
   * Set if the caller is a person whose publisher may be named by the input: gives the caller for this `publisherId`.
   * `caller` then has no scopes.
   */
  readonly callerFor?: ((publisherId: string | undefined) => Caller | Rejection) | undefined;
}

export type ProcedureKind = 'query' | 'command' | 'stream';

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A procedure as data. Routers, clients, NATS permissions and the reference are made from it. */
export interface ProcedureSpec<
  Kind extends ProcedureKind,
  Input extends z.ZodType,
  Output extends z.ZodType,
  Bound extends ScopedBy = ScopedBy,
> extends SpecDetails<Input, Output, Bound> {
  readonly kind: Kind;
}

interface SpecDetails<Input, Output, Bound> {
  readonly scope: ProcedureScope;
  /** Landfall services that may call it without an API key. Callers with a key need `scope`. */
  readonly calledBy?: readonly ServiceName[] | undefined;
  readonly scopedBy: Bound;
  readonly summary: string;
  /** Microsoft waits for the answer, so the owner reserves capacity for it. */
  readonly isUrgent?: true;
  /** Something is removed, ended or erased for good. The input then has `dryRun`, which only says what would happen. */
  readonly isDestructive?: true;
  /** The answer shows a secret once, so it is never stored for repeated calls. */
  readonly answersSecret?: true;
  /** About the person who calls, whatever publisher the person chose. API keys are refused. */
  readonly isForPeople?: true;
  /**
   * For the audit log: the query of the same namespace that shows what the command changes, before and after. It takes those
   * fields of the command's input that it knows.
   */
  readonly auditedBy?: string | undefined;
  /** Method and path below `/v1`, where the rule of `restRoute` gives two procedures the same one. */
  readonly http?: { readonly method: HttpMethod; readonly path: string } | undefined;
  /**
   * A second path for a query, for POST with a JSON body. For input that may name a person, because proxies write URLs to
   * their logs.
   */
  readonly bodyPath?: string | undefined;
  readonly input: Input;
  readonly output: Output;
}

/** Declares a query: it changes nothing and may be repeated. */
export function query<Input extends z.ZodType, Output extends z.ZodType, Bound extends ScopedBy>(
  details: SpecDetails<Input, Output, Bound>,
): ProcedureSpec<'query', Input, Output, Bound> {
  return { kind: 'query', ...details };
}

/** Declares a command: the owner has stored the intent before it answers. */
export function command<Input extends z.ZodType, Output extends z.ZodType, Bound extends ScopedBy>(
  details: SpecDetails<Input, Output, Bound>,
): ProcedureSpec<'command', Input, Output, Bound> {
  return { kind: 'command', ...details };
}

/**
 * Declares a stream of events, which lasts until the caller leaves. `output` is one event. Its `id` is the position after it: the
 * input field `lastEventId` continues there.
 */
export function stream<
  Input extends z.ZodType<{ lastEventId?: string | undefined }>,
  Output extends z.ZodType<{ id: string }>,
  Bound extends ScopedBy,
>(details: SpecDetails<Input, Output, Bound>): ProcedureSpec<'stream', Input, Output, Bound> {
  return { kind: 'stream', ...details };
}

type AnySpec = ProcedureSpec<ProcedureKind, z.ZodType, z.ZodType>;

/** Procedures by namespace: `{ subscriptions: { list, get, … } }`. */
export type Procedures = Readonly<Record<string, Readonly<Record<string, AnySpec>>>>;

export type Handler<Spec extends AnySpec> = (
  input: z.output<Spec['input']>,
  call: Call,
) => Promise<AnswerOf<Spec> | Rejection>;

type AnswerOf<Spec extends AnySpec> = Spec['kind'] extends 'stream'
  ? AsyncIterable<z.input<Spec['output']>>
  : z.input<Spec['output']>;

/** The implementation of a table: a handler for each procedure. */
export type Handlers<Table extends Procedures> = {
  readonly [Namespace in keyof Table]: {
    readonly [Name in keyof Table[Namespace]]: Handler<Table[Namespace][Name]>;
  };
};

/** All kinds of things that a table's procedures are about. */
type ThingsOf<Table extends Procedures> = {
  [Namespace in keyof Table]: {
    [Name in keyof Table[Namespace]]: Extract<Table[Namespace][Name]['scopedBy'], Thing>;
  }[keyof Table[Namespace]];
}[keyof Table];

/** The lookups that a table's router needs to tell publishers apart: one per kind of thing. */
export type OwnershipOf<Table extends Procedures> = Ownership<ThingsOf<Table>>;

/** The lookups that the gateway needs. It leaves most of them to the services. */
export type EdgeOwnershipOf<Table extends Procedures> = EdgeOwnership<ThingsOf<Table>>;

/** What a caller learns about an error besides its message. Either `rejection`, `fault` or neither is set. */
export interface ErrorDetails {
  /** Stable code of a rejection; see `rejections.ts`. */
  readonly rejection?: RejectionCode | undefined;
  /** Stable code of a fault. Try again later if the HTTP status is 503. */
  readonly fault?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** What is wrong with the input, field by field. */
  readonly issues?: readonly InputIssue[] | undefined;
  /** Give this to support. */
  readonly correlationId?: string | undefined;
}

/** Carries the error details of another process unchanged through this process's router. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

/** What tRPC knows about a procedure, for the authorisation and the limits of calls. */
export interface ProcedureMeta {
  readonly scope: ProcedureScope;
  readonly calledBy: readonly ServiceName[];
  readonly isUrgent: boolean;
  readonly isForPeople: boolean;
}

const NO_DETAIL = 'Something went wrong on our side. Nothing was lost; please try again.';

/** Well below the idle limits of proxies, which are a minute and more. */
const PING_INTERVAL_MS = 5_000;
/** More than two lost pings: the connection is dead, and the client opens another. */
const SILENCE_LIMIT_MS = 12_000;
/** A client that reads nothing any more gives up its place after this time. A live one continues where it was. */
const MAX_STREAM_MS = 10 * 60_000;

const t = initTRPC
  .context<Call>()
  .meta<ProcedureMeta>()
  .create({
    sse: {
      ping: { enabled: true, intervalMs: PING_INTERVAL_MS },
      maxDurationMs: MAX_STREAM_MS,
      client: { reconnectAfterInactivityMs: SILENCE_LIMIT_MS },
    },
    /** The only place that turns errors into answers. It sends codes and never internal details. */
    errorFormatter({ shape, error, ctx }) {
      const details = errorDetails(error.cause);
      const internal = error.code === 'INTERNAL_SERVER_ERROR';
      const code = internal && details.fault ? faultCode(error.cause) : error.code;
      return {
        ...shape,
        message: internal ? NO_DETAIL : shape.message,
        data: {
          code,
          httpStatus:
            code === error.code ? shape.data.httpStatus : code === 'BAD_GATEWAY' ? 502 : 503,
          path: shape.data.path,
          ...details,
          correlationId: ctx?.correlationId ?? details.correlationId,
        },
      };
    },
  });

function errorDetails(cause: unknown): ErrorDetails {
  if (cause instanceof RemoteError) return cause.details;
  if (cause instanceof Rejection) return { rejection: cause.rejected };
  if (isFault(cause)) return { fault: cause.code, retryAfterMs: cause.retryAfterMs };
  return {};
}

function faultCode(cause: unknown): 'BAD_GATEWAY' | 'SERVICE_UNAVAILABLE' {
  return isFault(cause) && cause.retry === 'never' ? 'BAD_GATEWAY' : 'SERVICE_UNAVAILABLE';
}

/** The call as its caller may make it. A key or person needs the procedure's scope; a service must be in its `calledBy`. */
async function authorised(
  meta: ProcedureMeta,
  ctx: Call,
  of: { readonly path: string; readonly getRawInput: () => Promise<unknown> },
): Promise<Call> {
  const { callerFor, readmit } = ctx;
  if (meta.isForPeople) {
    // Without `callerFor` it is no session. The handler looks at the person's roles for all publishers.
    if (callerFor === undefined) throw rejected(sessionNeeded());
    return { ...ctx, callerFor: undefined };
  }
  const publisherId = callerFor && fieldOf(await of.getRawInput(), 'publisherId');
  const caller = callerFor ? callerFor(publisherId) : ctx.caller;
  if (caller instanceof Rejection) throw rejected(caller);
  if (caller.kind === 'service') {
    if (meta.calledBy.some((name) => name === caller.name)) return ctx;
    throw new TRPCError({
      code: 'FORBIDDEN',
      message: `The service ${caller.name} may not call ${of.path}. To allow it, add the service to \`calledBy\`.`,
    });
  }
  if (mayCall(caller, meta.scope)) {
    const again = readmit && (() => readmit(publisherId));
    return { ...ctx, caller, callerFor: undefined, readmit: again };
  }
  throw new TRPCError({ code: 'FORBIDDEN', message: scopeNeeded(caller, meta.scope) });
}

function rejected({ rejected: code, message }: Rejection): TRPCError {
  const cause = new RemoteError(message, { rejection: code });
  return new TRPCError({ code: rejectionCodes[code], message, cause });
}

type RootTypes = (typeof t)['_config']['$types'];

interface Built<Input, Output> {
  meta: ProcedureMeta;
  input: Input;
  output: Output;
}

type BuiltProcedure<Spec extends AnySpec> = {
  query: TRPCQueryProcedure<Built<z.input<Spec['input']>, z.output<Spec['output']>>>;
  command: TRPCMutationProcedure<Built<z.input<Spec['input']>, z.output<Spec['output']>>>;
  stream: TRPCSubscriptionProcedure<
    Built<z.input<Spec['input']>, AsyncIterable<TrackedEnvelope<z.output<Spec['output']>>>>
  >;
}[Spec['kind']];

/** The tRPC router of a table of procedures. */
export type RouterOf<Table extends Procedures> = TRPCBuiltRouter<
  RootTypes,
  {
    [Namespace in keyof Table]: {
      [Name in keyof Table[Namespace]]: BuiltProcedure<Table[Namespace][Name]>;
    };
  }
>;

/**
 * Builds the router of a table. The owner passes its own handlers; the gateway passes handlers that
 * forward over NATS. Both parse input and output, so an incompatible version of the other side is noticed
 * here. The gateway's router also refuses unknown fields. Callers with one publisher are checked before any
 * handler runs. If a check needs a lookup that is missing, the call is refused.
 */
export function createRouter<Table extends Procedures>(
  table: Table,
  handlers: Handlers<Table>,
  ownership?: OwnershipOf<Table> | EdgeOwnershipOf<Table>,
): RouterOf<Table> {
  const known = ownership as AnyOwnership | undefined;
  const record = Object.fromEntries(
    Object.entries(table).map(([namespace, specs]) => [
      namespace,
      Object.fromEntries(
        Object.entries(specs).map(([name, spec]) => [
          name,
          createProcedure(spec, handlers[namespace]?.[name] as Handler<AnySpec>, known),
        ]),
      ),
    ]),
  );
  // The record is built from data, so TypeScript cannot infer its type; `RouterOf` computes it.
  return t.router(record) as unknown as RouterOf<Table>;
}

/**
 * Without this check, misspelt fields would be ignored. Only the router that calls enter through refuses them: an owner may be
 * older than the gateway and must accept what it does not know yet.
 */
function refuseUnknownFields(schema: z.ZodType, input: unknown): void {
  const issues = unknownFields(schema, input);
  if (issues.length > 0) throw badInput(issues, 'input.unknown-field');
}

function parseInput(schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw badInput(inputIssues(parsed.error, input));
}

function badInput(issues: readonly InputIssue[], rejection?: 'input.unknown-field'): TRPCError {
  const message = inputMessage(issues);
  const code = rejection ? rejectionCodes[rejection] : 'BAD_REQUEST';
  return new TRPCError({ code, message, cause: new RemoteError(message, { rejection, issues }) });
}

function createProcedure(
  spec: AnySpec,
  handle: Handler<AnySpec>,
  ownership: AnyOwnership | undefined,
) {
  const { scope, calledBy = [] } = spec;
  const meta = {
    scope,
    calledBy,
    isUrgent: spec.isUrgent === true,
    isForPeople: spec.isForPeople === true,
  };
  // All checks are one step, because tRPC copies the call several times for each step.
  const checked = t.procedure.meta(meta).use(async ({ ctx, next, ...of }) => {
    const call = await authorised(meta, ctx, of);
    const input = await of.getRawInput();
    if (ownership?.isEdge && call.caller.kind !== 'service') refuseUnknownFields(spec.input, input);
    return next({ ctx: call, input: parseInput(spec.input, input) });
  });
  const resolve = async ({
    input,
    ctx,
    signal,
  }: {
    input: unknown;
    ctx: Call;
    signal?: AbortSignal | undefined;
  }) => {
    const call = { ...ctx, signal: signal ?? ctx.signal };
    const within = await withinScope(spec.scopedBy, { input, caller: ctx.caller }, ownership);
    const answer: unknown = within instanceof Rejection ? within : await handle(within.input, call);
    if (!(answer instanceof Rejection)) return answer;
    throw rejected(answer);
  };
  if (spec.kind === 'stream') {
    return checked.subscription(async (call) => trackedEvents(spec.output, await resolve(call)));
  }
  const answered = async (call: Parameters<typeof resolve>[0]) =>
    spec.output.parse(await resolve(call));
  return spec.kind === 'query' ? checked.query(answered) : checked.mutation(answered);
}

/** Checks each event, and sends its id as the id of the server-sent event. */
async function* trackedEvents(schema: z.ZodType, events: unknown): AsyncGenerator {
  for await (const event of events as AsyncIterable<unknown>) {
    const { id, ...rest } = schema.parse(event) as { id: string };
    yield tracked(id, { id, ...rest });
  }
}
