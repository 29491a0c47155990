import type { SpanExporter } from '@opentelemetry/sdk-trace';

/** The code of OpenTelemetry for a batch that arrived. */
const SUCCESS = 0;

/** Sends spans with `exporter`, and reports the first batch that fails and the first that arrives again. */
export function reportingExporter(
  exporter: SpanExporter,
  onOutcome: (hasArrived: boolean) => void,
): SpanExporter {
  let hasArrived = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const isSuccess = result.code === SUCCESS;
        if (isSuccess !== hasArrived) onOutcome(isSuccess);
        hasArrived = isSuccess;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => await exporter.forceFlush?.(),
  };
}
