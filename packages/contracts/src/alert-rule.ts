import type { MatterKind } from './matters.ts';
import type { MetricLabel, MetricSpec } from './metric-spec.ts';

/** `critical`: customers or money are affected now. `warning`: can wait for working hours. */
export type Severity = 'critical' | 'warning';

/** An alert as data. The services' own alerts, the Prometheus rules and the reference are made from it. */
export interface AlertRule {
  readonly metric: MetricSpec;
  readonly is: 'above' | 'below';
  /** In the metric's unit. */
  readonly threshold: number;
  /** `where`: only series with this value of the label. `whereNot`: only series with any other value. */
  readonly where?: { readonly label: MetricLabel; readonly is: string } | undefined;
  readonly whereNot?: { readonly label: MetricLabel; readonly is: string } | undefined;
  /** How long the condition must hold. 0 if the metric itself is an age or a count over time. */
  readonly forMs: number;
  readonly severity: Severity;
  /** Kinds of matters that show each of what the alert counts. The alert itself is then no matter. */
  readonly shownAs?: readonly MatterKind[] | undefined;
  readonly meaning: string;
  readonly nextStep: string;
}
