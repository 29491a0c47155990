import { Registry, type Metric, type OpenMetricsContentType } from 'prom-client';

/** Only OpenMetrics has exemplars. Otherwise both formats show the same series. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

export const contentTypes: Readonly<Record<MetricsFormat, string>> = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};

/** The format of the answer to an `accept` header: OpenMetrics if it is named, and not liked less than plain text. */
export function formatFor(accept: string | undefined): MetricsFormat {
  let openMetrics = 0;
  let plain = 0;
  for (const range of accept?.toLowerCase().split(',') ?? []) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const valueOf = (name: string) =>
      parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
    const weight = Number(valueOf('q') ?? 1);
    const version = valueOf('version') ?? '1.0.0';
    if (type === 'application/openmetrics-text' && version === '1.0.0') {
      openMetrics = Math.max(openMetrics, weight);
    }
    if (type === 'text/plain') plain = Math.max(plain, weight);
  }
  return openMetrics > 0 && openMetrics >= plain ? 'openmetrics' : 'prometheus';
}

/** The metrics of all registries as one text. */
export async function renderAs(
  format: MetricsFormat,
  registries: readonly Registry[],
): Promise<string> {
  if (format === 'prometheus') {
    const parts = await Promise.all(registries.map((registry) => registry.metrics()));
    return parts.join('\n');
  }
  const all = new Registry<OpenMetricsContentType>();
  all.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registries.flatMap((registry) => registry.getMetricsAsArray())) {
    // prom-client takes the suffix from a counter's name for OpenMetrics. Only a copy may lose it.
    all.registerMetric(Object.create(metric) as Metric);
  }
  return await all.metrics();
}
