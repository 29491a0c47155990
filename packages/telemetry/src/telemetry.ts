import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { RELEASE } from '@landfall/contracts/release';
import type { StartTelemetry } from '@landfall/service-kit/tracing';

/** A collector on the same network answers in milliseconds. Spans that wait for a broken one only fill the memory. */
const EXPORT_TIMEOUT_MS = 5_000;
/** The end of a process does not wait longer for its last spans. It has 20 seconds for everything. */
const CLOSE_TIMEOUT_MS = 3_000;
/** Longer than every attribute that we set. It limits what a mistake could reveal or cost. */
const MAX_ATTRIBUTE_LENGTH = 200;
/** OpenTelemetry's code for a batch that arrived. */
const SUCCESS = 0;

/**
 * Registers OpenTelemetry's SDK, which then gets the spans of this process and sends them to a collector. While the collector is down,
 * spans are dropped, because the service must not wait for them. Closing sends the remaining spans.
 */
export const startTelemetry: StartTelemetry = ({ service, settings, onOutcome }) => {
  const { endpoint, headers, protocol } = settings;
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const exporter = new Exporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: headersOf(headers),
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const spans = new BatchSpanProcessor({
    exporter: reportingExporter(exporter, onOutcome),
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const own = resourceFromAttributes({
    'service.namespace': 'landfall',
    'service.name': service,
    'service.version': RELEASE,
    'service.instance.id': randomUUID(),
  });
  const provider = new TracerProvider({
    // OTEL_RESOURCE_ATTRIBUTES adds to these, such as the name of the cluster.
    resource: detectResources({ detectors: [envDetector] }).merge(own),
    // The kit makes only spans that are to be recorded.
    sampler: new AlwaysOnSampler(),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
    spanProcessors: [spans],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    async [Symbol.asyncDispose]() {
      // `onOutcome` has reported lost spans. They are no reason for the service to end with an error.
      const closed = provider.shutdown().catch(() => undefined);
      await Promise.race([closed, delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
};

/** Headers in the form of OpenTelemetry: `name=value`, separated by commas, percent-encoded. */
function headersOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    return at < 0
      ? []
      : [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

/** Sends spans with `exporter`, and reports the first batch that fails and the first that arrives again. */
function reportingExporter(
  exporter: SpanExporter,
  onOutcome: (hasArrived: boolean) => void,
): SpanExporter {
  let hasArrived = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const code: number = result.code;
        const isSuccess = code === SUCCESS;
        if (isSuccess !== hasArrived) onOutcome(isSuccess);
        hasArrived = isSuccess;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => await exporter.forceFlush?.(),
  };
}
