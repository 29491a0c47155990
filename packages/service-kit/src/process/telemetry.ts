import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ServiceName } from '@landfall/contracts/services';
import type { BaseConfig } from './config.ts';
import type { Logger } from '../log/log.ts';
import { enableTracing, type StartTelemetry } from '../telemetry/tracing.ts';

/** The bundle of OpenTelemetry's SDK. It is a file of its own, so that a service without tracing does not load it. */
const SDK_FILE = 'telemetry.mjs';

/** Enough to see how every kind of request behaves. A service then spends less than a twentieth of its time on spans. */
const DEFAULT_SAMPLING_RATIO = 0.05;

/**
 * Starts to record traces if a collector is configured. Without a collector or outside its bundle, the service runs without
 * traces.
 */
export async function startTracing(
  service: ServiceName,
  config: BaseConfig,
  log: Logger,
): Promise<AsyncDisposable | undefined> {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  const [, script] = process.argv;
  if (endpoint === undefined || script === undefined) return undefined;
  const file = new URL(SDK_FILE, pathToFileURL(script));
  if (!existsSync(fileURLToPath(file))) {
    const next = 'run the bundled service (node tooling/deploy/src/write-bundles.ts)';
    log.warn(`no traces are recorded, because ${SDK_FILE} is not beside the program; ${next}`);
    return undefined;
  }
  const { startTelemetry } = (await import(file.href)) as { startTelemetry: StartTelemetry };
  const samplingRatio = config.OTEL_TRACES_SAMPLER_ARG ?? DEFAULT_SAMPLING_RATIO;
  const telemetry = startTelemetry({
    service,
    settings: {
      endpoint,
      headers: config.OTEL_EXPORTER_OTLP_HEADERS,
      protocol: config.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf',
    },
    onOutcome(hasArrived) {
      if (hasArrived) log.info('the collector takes spans again');
      else log.warn('could not send spans to the collector; they are lost until it answers');
    },
  });
  enableTracing(samplingRatio);
  log.info({ samplingRatio }, 'recording traces');
  return telemetry;
}
