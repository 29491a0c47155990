/** Prometheus' base units, and units that people can read. */
export type MetricUnit = 'seconds' | 'bytes' | 'ratio' | 'count' | 'days' | 'yes-no';
export type MetricKind = 'gauge' | 'counter' | 'histogram';

/**
 * Every label with the form of its values. Each set of values is bounded by Landfall's code, by an RFC or
 * by the configuration; a value of another form counts as `other`. No label takes ids, paths, names or
 * addresses, because each new value would create a permanent series.
 */
export const metricLabels = {
  procedure: /^[a-zA-Z]{1,40}(\.[a-zA-Z]{1,40})?$/,
  outcome: /^[a-z][a-z0-9.-]{1,50}$/,
  durable: /^[a-z][a-z-]{1,50}$/,
  route: /^\/[a-zA-Z:/*.-]{0,60}$/,
  status: /^[1-5]\d\d$|^[a-z]+\.[a-z-]{1,40}$/,
  operation: /^[a-z][a-zA-Z]{1,40}$/,
  service: /^[a-z][a-z-]{1,30}$/,
  state: /^[a-z][a-zA-Z]{1,30}$/,
  publisher: /^(?!.*@)[\w.-]{1,60}$/,
  kind: /^[a-z][a-z-]{1,30}$/,
  stream: /^[A-Z][A-Z_]{1,30}$/,
  /** PostgreSQL's rule for names of replication slots. It excludes GUIDs, because they have dashes. */
  slot: /^[a-z0-9_]{1,63}$/,
  version: /^\d{1,4}(\.\d{1,4}){2}(-[a-z0-9.]{1,20})?$/,
  node: /^\d{1,4}(\.\d{1,4}){2}(-[a-z0-9.]{1,20})?$/,
} as const;

export type MetricLabel = keyof typeof metricLabels;

/** A metric as data. Services, alert rules and the reference use it. */
export interface MetricSpec<Label extends MetricLabel = MetricLabel> {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly labels: readonly Label[];
  /** Which services report it. */
  readonly by: string;
  readonly help: string;
}

export function metric(details: Omit<MetricSpec, 'labels'>): MetricSpec<never>;
export function metric<Label extends MetricLabel>(details: MetricSpec<Label>): MetricSpec<Label>;
export function metric(details: Omit<MetricSpec, 'labels'>): MetricSpec {
  return { labels: [], ...details };
}
