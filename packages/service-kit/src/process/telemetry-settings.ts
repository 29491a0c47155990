import { z } from 'zod';
import { isSecureAddress } from '@landfall/domain/loopback';
import { overNetwork, secret, type Environment } from './fields.ts';

/** The variables with headers for the collector. OpenTelemetry's SDK itself reads the second one. */
const HEADERS = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'] as const;

/** Spans hold no secrets, so they may cross a network without TLS. A key for the collector may not. */
function keyOverTls(text: string, env: Environment): string | undefined {
  if (isSecureAddress(text)) return undefined;
  const { username = '', password = '' } = URL.parse(text) ?? {};
  const carrier = HEADERS.find((name) => env[name] !== undefined);
  if (carrier === undefined && username + password === '') return undefined;
  const source = carrier ?? 'the password in it';
  return `must begin with https://, because ${source} would be readable on the way to another machine`;
}

/** The environment variables for traces, under the names of OpenTelemetry. */
export const telemetryShape = {
  OTEL_EXPORTER_OTLP_ENDPOINT: overNetwork(z.url({ protocol: /^https?$/ }), keyOverTls)
    .optional()
    .describe(
      'OpenTelemetry collector that takes traces over HTTP, e.g. http://127.0.0.1:4318; https is required with headers, unless the collector is on this machine; no traces are recorded if absent',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: secret()
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
