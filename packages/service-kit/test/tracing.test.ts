import { SpanStatusCode } from '@opentelemetry/api';
import { beforeEach, expect, test } from 'vitest';
import { Fault } from '@landfall/domain/fault';
import { serveHttp } from '../src/http/server.ts';
import {
  beginTrace,
  continueTrace,
  currentSpan,
  enableTracing,
  inSpan,
  markSpanFailed,
  nearestTraceParent,
  openServerSpan,
  outsideTrace,
  recordSpan,
  startedAt,
  traceParent,
  traceParentOfRequest,
} from '../src/telemetry/tracing.ts';
import { testLog } from './fixture.ts';
import { recordSpans } from './recorded-spans.ts';

const exporter = recordSpans();
beforeEach(() => exporter.reset());

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;
const NOT_SAMPLED = `00-${TRACE}-${SPAN}-00`;

const named = (name: string) => () => ({ name });
const names = () => exporter.getFinishedSpans().map(({ name }) => name);
const recorded = (name: string) => exporter.getFinishedSpans().find((span) => span.name === name);
const end = { name: 'GET /', attributes: {}, isError: false };

// This test comes first, because nothing turns tracing off again.
test('without tracing, everything only runs, and no span is even described', async () => {
  const never = () => expect.unreachable('a span was described');
  const work = async () => {
    recordSpan(Date.now(), never);
    markSpanFailed('some.code');
    return await inSpan(never, async () => [startedAt(), traceParent(), currentSpan()]);
  };
  const nothing = [undefined, undefined, undefined];
  expect(await continueTrace(SAMPLED, never, work)).toEqual(nothing);
  expect(await beginTrace(never, work)).toEqual(nothing);
  expect(outsideTrace(() => 'done')).toBe('done');
  expect(openServerSpan('GET', { attributes: {}, traceParent: SAMPLED })).toBeUndefined();
  expect(traceParentOfRequest()).toBeUndefined();
  expect(names()).toEqual([]);
});

test('what a caller has chosen to record is recorded with all its children, whatever our own share is', async () => {
  enableTracing(0);
  const server = openServerSpan('GET', { attributes: {}, traceParent: SAMPLED });
  await server?.run(() =>
    inSpan(named('child'), () => inSpan(named('grandchild'), async () => {})),
  );
  server?.end(end);
  await continueTrace(SAMPLED, named('consumer'), async () => {});

  const parents = exporter
    .getFinishedSpans()
    .map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId]);
  const idOf = (name: string) => recorded(name)?.spanContext().spanId;
  expect(parents).toEqual([
    ['grandchild', idOf('child')],
    ['child', idOf('GET /')],
    ['GET /', SPAN],
    ['consumer', SPAN],
  ]);
  const traces = exporter.getFinishedSpans().map((span) => span.spanContext().traceId);
  expect(new Set(traces)).toEqual(new Set([TRACE]));
});

test('what a caller has chosen not to record stays unrecorded, whatever our own share is', async () => {
  enableTracing(1);
  const child = async () => inSpan(named('child'), async () => traceParentOfRequest());
  expect(openServerSpan('GET', { attributes: {}, traceParent: NOT_SAMPLED })).toBeUndefined();
  const told = await continueTrace(NOT_SAMPLED, named('consumer'), child);
  expect(told).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  // The next service does not choose a second time.
  expect(openServerSpan('GET', { attributes: {}, traceParent: told })).toBeUndefined();
  expect(names()).toEqual([]);
});

test('the share decides about work that begins here, and its children follow', async () => {
  const work = () => inSpan(named('child'), async () => traceParentOfRequest());
  enableTracing(0);
  expect(await beginTrace(named('timer'), work)).toMatch(/-00$/);
  expect(names()).toEqual([]);
  enableTracing(1);
  const told = await beginTrace(named('timer'), work);
  expect(names()).toEqual(['child', 'timer']);
  const { traceId, spanId } = recorded('child')?.spanContext() ?? {};
  expect(told).toBe(`00-${traceId}-${spanId}-01`);
  expect(recorded('timer')?.parentSpanContext).toBeUndefined();
});

test.for([
  '',
  'nonsense',
  `${SAMPLED} `,
  SAMPLED.toUpperCase().replace('00-4BF', '00-4bf'),
  `01-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-02`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
])('the text "%s" continues no trace', async (text) => {
  enableTracing(1);
  expect(await continueTrace(text, named('consumer'), async () => 'done')).toBe('done');
  expect(names()).toEqual([]);
  openServerSpan('GET', { attributes: {}, traceParent: text })?.end(end);
  const [span] = exporter.getFinishedSpans();
  expect(span?.name).toBe('GET /');
  expect(span?.parentSpanContext).toBeUndefined();
  expect(span?.spanContext().traceId).not.toBe(TRACE);
});

test('a public server begins a trace of its own, and one inside continues the trace of the gateway', async () => {
  enableTracing(1);
  const app = () => new Response('hello');
  const common = { host: '127.0.0.1', port: 0, log: testLog(), ready: async () => ({}), app };
  await using door = await serveHttp({ ...common, isPublic: true });
  await using inside = await serveHttp(common);
  const traceOf = async (url: string): Promise<string | undefined> => {
    exporter.reset();
    await (await fetch(`${url}/`, { headers: { traceparent: SAMPLED } })).text();
    await expect.poll(names).toHaveLength(1);
    return exporter.getFinishedSpans()[0]?.spanContext().traceId;
  };
  expect(await traceOf(inside.url)).toBe(TRACE);
  expect(await traceOf(door.url)).not.toBe(TRACE);
});

test('an error marks the span with its code or class, without its message, and goes on', async () => {
  enableTracing(1);
  const SECRET = 'ada@fabrikam.example';
  const fault = new Fault('database.unavailable', SECRET, { retry: 'later' });
  const failures: [string, unknown][] = [
    ['database.unavailable', fault],
    ['RangeError', new RangeError(SECRET)],
    ['error', SECRET],
  ];
  for (const [type, error] of failures) {
    const failing = beginTrace(named(type), async () => {
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    expect(recorded(type)?.attributes).toEqual({ 'error.type': type });
  }
  await beginTrace(named('marked'), async () => {
    markSpanFailed('subscription.not-found');
    recordSpan(startedAt(), named('call'), '503');
  });
  expect(recorded('marked')?.attributes).toEqual({ 'error.type': 'subscription.not-found' });
  expect(recorded('call')?.attributes).toEqual({ 'error.type': '503' });
  for (const { status, events } of exporter.getFinishedSpans()) {
    expect(status).toEqual({ code: SpanStatusCode.ERROR });
    expect(events).toEqual([]);
  }
});

test('a request that succeeds has no error, and one that fails has no text', () => {
  enableTracing(1);
  const attributes = { 'http.request.method': 'GET' };
  const about = { attributes, traceParent: undefined };
  openServerSpan('GET', about)?.end(end);
  openServerSpan('GET', about)?.end({ ...end, name: 'GET /failing', isError: true });
  expect(recorded('GET /')?.status).toEqual({ code: SpanStatusCode.UNSET });
  expect(recorded('GET /failing')?.status).toEqual({ code: SpanStatusCode.ERROR });
});

test('work for many callers leaves the trace, and a stored flow continues where it belongs', async () => {
  enableTracing(1);
  const other = SAMPLED;
  await beginTrace(named('request'), async () => {
    const here = traceParent();
    const { traceId } = currentSpan() ?? {};
    expect(outsideTrace(() => [traceParent(), startedAt()])).toEqual([undefined, undefined]);
    expect(nearestTraceParent(`00-${traceId}-${SPAN}-01`)).toBe(here);
    expect(nearestTraceParent(other)).toBe(other);
    expect(nearestTraceParent(undefined)).toBeUndefined();
  });
});
