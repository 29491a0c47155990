import { expect, test } from 'vitest';
import { metrics as table } from '@landfall/contracts/metrics';
import { serveHttp } from '../src/http/server.ts';
import { formatFor } from '../src/metrics/formats.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { beginTrace, enableTracing } from '../src/telemetry/tracing.ts';
import { testLog } from './fixture.ts';
import { recordSpans } from './recorded-spans.ts';

const exporter = recordSpans();

/** What Prometheus 2 and 3 send by default. */
const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test.for([
  [PROMETHEUS_2, 'openmetrics'],
  [PROMETHEUS_3, 'openmetrics'],
  ['Application/OpenMetrics-Text; Version=1.0.0', 'openmetrics'],
  ['text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5', 'prometheus'],
  ['application/openmetrics-text;version=0.0.1', 'prometheus'],
  ['application/openmetrics-text;q=0', 'prometheus'],
  ['text/plain', 'prometheus'],
  ['*/*', 'prometheus'],
  [undefined, 'prometheus'],
] as const)('to "%s", the answer is in the format %s', ([accept, format]) => {
  expect(formatFor(accept)).toBe(format);
});

/** Serves `/things`, and returns what `/metrics` says after one request for it. */
async function afterOneRequest() {
  const metrics = new Metrics({ log: testLog(), now: () => new Date() });
  const app = () => new Response('hello');
  const common = { host: '127.0.0.1', port: 0, log: testLog(), ready: async () => ({}) };
  const server = await serveHttp({ ...common, app, metrics, routes: ['/things'] });
  const read = async (accept: string) => {
    const answer = await fetch(`${server.url}/metrics`, { headers: { accept } });
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  };
  await (await fetch(`${server.url}/things`)).text();
  await expect.poll(async () => (await read('*/*')).text).toContain('route="/things"');
  return { read, metrics, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('a recorded request leaves the id of its trace beside its duration, for a reader of OpenMetrics', async () => {
  enableTracing(1);
  exporter.reset();
  await using served = await afterOneRequest();
  const { type, text } = await served.read(PROMETHEUS_3);
  expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(text).toMatch(/[^\n]\n# EOF\n$/);
  expect(text).not.toContain('\n\n');
  const traceId = exporter.getFinishedSpans()[0]?.spanContext().traceId;
  expect(traceId).toHaveLength(32);
  const exemplars = text.split('\n').filter((line) => line.includes('trace_id'));
  expect(exemplars).toHaveLength(1);
  expect(exemplars[0]).toMatch(
    new RegExp(
      String.raw`^landfall_http_request_duration_seconds_bucket\{le="[\d.]+",route="/things",status="200"\} 1 # \{trace_id="${traceId}"\} [\d.e-]+ \d+\.?\d*$`,
    ),
  );
});

test('a request whose caller has left names its trace too', async () => {
  enableTracing(1);
  exporter.reset();
  const metrics = new Metrics({ log: testLog(), now: () => new Date() });
  const common = { host: '127.0.0.1', port: 0, log: testLog(), ready: async () => ({}), metrics };
  const leaving = new AbortController();
  const app = () => {
    leaving.abort();
    return new Promise<Response>(() => undefined);
  };
  await using server = await serveHttp({ ...common, app, routes: ['/things'] });
  await fetch(`${server.url}/things`, { signal: leaving.signal }).catch(() => undefined);
  await expect
    .poll(() => metrics.render('openmetrics'))
    .toMatch(/route="\/things",status="http.aborted"\} 1 # \{trace_id="\w{32}"\}/);
});

test('everyone else gets the text that they always got, whoever has asked before', async () => {
  enableTracing(1);
  await using served = await afterOneRequest();
  await served.read(PROMETHEUS_3);
  const { type, text } = await served.read('*/*');
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).not.toContain('trace_id');
  expect(text).not.toContain('# EOF');
  // OpenMetrics takes the suffix from the names of counters.
  expect(text).toContain('# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ');
});

test('both formats have the same series', async () => {
  enableTracing(1);
  await using served = await afterOneRequest();
  const seriesOf = ({ text }: { readonly text: string }) =>
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ .*/, ''))
      // The request for the first of both texts is itself one.
      .filter((line) => !line.includes('/metrics'))
      // Node.js adds such a series with the first garbage collection or handle of a kind.
      .filter((line) => !/^nodejs_(gc|active)_/.test(line))
      .toSorted();
  const plain = seriesOf(await served.read('*/*'));
  expect(plain.length).toBeGreaterThan(50);
  expect(seriesOf(await served.read(PROMETHEUS_3))).toEqual(plain);
});

test('a duration outside a recorded trace counts the same, without an exemplar', async () => {
  const metrics = new Metrics({ log: testLog(), now: () => new Date() });
  const labels = { operation: 'activate', status: '200' };
  const measure = async () => metrics.observe(table.marketplaceCall, labels, 40_000);
  enableTracing(0);
  await beginTrace(() => ({ name: 'task' }), measure);
  expect(await metrics.render('openmetrics')).not.toContain('trace_id');
  enableTracing(1);
  await beginTrace(() => ({ name: 'task' }), measure);
  const text = await metrics.render('openmetrics');
  expect(text).toMatch(/_bucket\{le="\+Inf",operation="activate",status="200"\} 2 # \{trace_id=/);
  expect(text).toContain('_count{operation="activate",status="200"} 2');
});
