import { z } from 'zod';

/**
 * The environment variables for traces, under the names of OpenTelemetry. `headers` is the schema of a secret.
 */
export function telemetryShape(headers: z.ZodType<string>) {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'OpenTelemetry collector that takes traces over HTTP, e.g. http://127.0.0.1:4318; no traces are recorded if absent',
      ),
    OTEL_EXPORTER_OTLP_HEADERS: headers
      .optional()
      .describe('headers for the collector, such as an API key: name=value, separated by commas'),
    OTEL_EXPORTER_OTLP_PROTOCOL: z
      .enum(['http/protobuf', 'http/json'])
      .optional()
      .describe('form in which the collector takes traces; http/protobuf if absent'),
    OTEL_TRACES_SAMPLER_ARG: z.coerce
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('share of the requests that are recorded as traces, from 0 to 1; 0.05 if absent'),
  };
}
