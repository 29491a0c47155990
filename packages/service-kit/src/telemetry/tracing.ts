import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { isFault } from '@landfall/domain/fault';

export { SpanKind };

/**
 * Spans of this process. All functions only call `fn`, or do nothing, until {@link enableTracing} was called. After that, the
 * work of a trace that was not sampled costs one look at the current context.
 *
 * A trace begins with a request from outside, or with work that the service does by itself. Everything else continues a recorded
 * trace or has no span, so a trace is recorded completely or not at all.
 *
 * Names and attributes come from fixed sets. They never hold a secret, a name, an address, a path, or a value of a statement.
 */
let tracer: Tracer | undefined;
/** The share of traces that are recorded. It is decided here, because a span of the SDK that is not recorded still costs microseconds. */
let ratio = 0;

/** The form of a W3C `traceparent` of version 00. We only read what our own services have written. */
const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])$/;

/** Tells the next service that nothing is recorded. Any valid ids do. */
const NOT_RECORDED = `00-${'1'.padStart(32, '0')}-${'1'.padStart(16, '0')}-00`;

/** Call it when an SDK is registered with the API of OpenTelemetry, which records every span that is made here. */
export function enableTracing(samplingRatio: number): void {
  tracer = trace.getTracer('landfall');
  ratio = samplingRatio;
}

/** Registers the SDK of OpenTelemetry; the package `telemetry` has it, bundled into a file of its own. */
export type StartTelemetry = (options: {
  readonly service: string;
  readonly settings: {
    readonly endpoint: string;
    readonly headers: string | undefined;
    readonly protocol: 'http/protobuf' | 'http/json';
  };
  /** Called when the first batch of spans was lost, and when the first one arrived again. */
  readonly onOutcome: (hasArrived: boolean) => void;
}) => AsyncDisposable;

/** What a span shows. */
export interface SpanShape {
  readonly name: string;
  readonly kind?: SpanKind | undefined;
  readonly attributes?: Attributes | undefined;
}

/** Makes the shape only if there is a span. */
export type DescribeSpan = () => SpanShape;

/** Runs `fn` in a span of the current trace. */
export function inSpan<T>(describe: DescribeSpan, fn: () => Promise<T>): Promise<T> {
  const parent = recordedContext();
  return parent === undefined ? fn() : runSpan(describe(), parent, fn);
}

/** Runs `fn` in a span that continues the trace of a stored or received `traceparent`. */
export function continueTrace<T>(
  traceParent: string | null | undefined,
  describe: DescribeSpan,
  fn: () => Promise<T>,
): Promise<T> {
  const parent = traceParent && tracer ? spanContextOf(traceParent) : undefined;
  if (!parent || !isSampled(parent)) return fn();
  return runSpan(describe(), trace.setSpanContext(ROOT_CONTEXT, parent), fn);
}

/** Runs `fn` as a new trace, if chance chooses it. For work that the service does by itself. */
export function beginTrace<T>(describe: DescribeSpan, fn: () => Promise<T>): Promise<T> {
  return isChosen() ? runSpan(describe(), ROOT_CONTEXT, fn) : fn();
}

/** Runs `fn` outside the current trace: work for many callers, that only the first of them would pay for. */
export function outsideTrace<T>(fn: () => T): T {
  return tracer ? context.with(ROOT_CONTEXT, fn) : fn();
}

/** A span that its owner ends, for work that ends with an event. */
export interface OpenSpan {
  run<T>(fn: () => T): T;
  end(last: {
    readonly name: string;
    readonly attributes: Attributes;
    readonly isError: boolean;
  }): void;
}

/**
 * Opens the span of a request. `traceParent` is only given if the caller is trusted: its decision whether to record then holds.
 * Otherwise a new trace begins.
 */
export function openServerSpan(
  name: string,
  {
    attributes,
    traceParent,
  }: { readonly attributes: Attributes; readonly traceParent: string | undefined },
): OpenSpan | undefined {
  const remote = tracer && traceParent !== undefined ? spanContextOf(traceParent) : undefined;
  if (!tracer || !(remote ? isSampled(remote) : isChosen())) return undefined;
  const parent = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  const within = trace.setSpan(parent, span);
  return {
    run: (fn) => context.with(within, fn),
    end(last) {
      span.updateName(last.name);
      span.setAttributes(last.attributes);
      if (last.isError) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** The start of something for {@link recordSpan}; undefined if no trace is recorded here. */
export function startedAt(): number | undefined {
  return tracer && recordedContext() ? Date.now() : undefined;
}

/** Records what began at `since` (from {@link startedAt}) and has just ended, as a span of the current trace. */
export function recordSpan(
  since: number | undefined,
  describe: DescribeSpan,
  failure?: string,
): void {
  const parent = since === undefined ? undefined : recordedContext();
  if (!tracer || parent === undefined) return;
  const { name, kind = SpanKind.INTERNAL, attributes = {} } = describe();
  const span = tracer.startSpan(name, { kind, attributes, startTime: since ?? Date.now() }, parent);
  if (failure !== undefined) markFailed(span, failure);
  span.end();
}

/** The current span as `traceparent`; undefined if its trace is not recorded. */
export function traceParent(): string | undefined {
  const span = tracer && trace.getActiveSpan()?.spanContext();
  return span && isSampled(span) ? textOf(span) : undefined;
}

/** The current span as `traceparent` for the next service, which then does not choose a second time. */
export function traceParentOfRequest(): string | undefined {
  return tracer && (traceParent() ?? NOT_RECORDED);
}

/**
 * Where to continue a flow whose first span is `stored`: at the current span if that belongs to the same trace. Several flows can come
 * in one message, which is handled in the trace of only one of them.
 */
export function nearestTraceParent(stored: string | undefined): string | undefined {
  const current = traceParent();
  return current !== undefined && stored?.slice(0, TRACE_ID_END) === current.slice(0, TRACE_ID_END)
    ? current
    : stored;
}

/** The length of `00-`, the trace id and a hyphen. */
const TRACE_ID_END = 36;

/** The ids of the current span, for log lines; undefined if its trace is not recorded. */
export function currentSpan(): { readonly traceId: string; readonly spanId: string } | undefined {
  const span = tracer && trace.getActiveSpan()?.spanContext();
  return span && isSampled(span) ? span : undefined;
}

/** Marks the current span as failed, with a code of ours. */
export function markSpanFailed(code: string): void {
  const span = tracer && trace.getActiveSpan();
  if (span) markFailed(span, code);
}

function isChosen(): boolean {
  return tracer !== undefined && Math.random() < ratio;
}

async function runSpan<T>(
  { name, kind = SpanKind.INTERNAL, attributes = {} }: SpanShape,
  parent: Context,
  fn: () => Promise<T>,
): Promise<T> {
  const span = (tracer as Tracer).startSpan(name, { kind, attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), fn);
  } catch (error) {
    markFailed(span, failureOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** The message of an error may hold personal data, so a span only has the code. */
export function failureOf(error: unknown): string {
  if (isFault(error)) return error.code;
  return error instanceof Error ? error.name : 'error';
}

function markFailed(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', code);
}

/** The current context, if its trace is recorded. Spans of work that outlives its parent still belong to it. */
function recordedContext(): Context | undefined {
  if (!tracer) return undefined;
  const active = context.active();
  const span = trace.getSpanContext(active);
  return span && isSampled(span) ? active : undefined;
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

function textOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
}

function spanContextOf(text: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags] = TRACE_PARENT.exec(text) ?? [];
  const traceFlags = flags === '01' ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const span = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}
