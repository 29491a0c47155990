import type { FiringAlert } from '@landfall/contracts/alert-procedures';
import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules, type AlertName } from '@landfall/contracts/alerts';
import { incidentPath } from '@landfall/contracts/incident-address';
import type { ServiceName } from '@landfall/contracts/services';
import type { Logger } from '../log/log.ts';
import { startLoop } from '../process/loop.ts';
import type { Metrics, Sample } from './metrics.ts';

/** Prometheus' default interval is similar. Each check costs a few indexed statements. */
const LOOK_MS = 15_000;

/** The active alerts of this service. */
export interface Alerts extends AsyncDisposable {
  /** Checks again and returns the active alerts, each with the time since when this process has seen it. */
  firing(): Promise<FiringAlert[]>;
  /** The active alerts as of the last check, which is at most some 15 seconds old. */
  current(): FiringAlert[];
}

interface Seen {
  readonly alert: AlertName;
  readonly rule: AlertRule;
  readonly since: Date;
  sample: Sample;
  isTold: boolean;
  isOver: boolean;
}

/**
 * Checks the contracts' alert rules against the metrics of this process, every 15 s and on request. Logs one line when
 * an alert begins, and one when it ends. A metric that cannot be read begins and ends nothing.
 */
export function startAlerts(options: {
  readonly service: ServiceName;
  readonly metrics: Pick<Metrics, 'values'>;
  readonly log: Logger;
  readonly now: () => Date;
}): Alerts {
  const { service, metrics, now } = options;
  const log = options.log.child({ part: 'alerts' });
  const seen = new Map<string, Seen>();
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const at = now();
    const values = await metrics.values();
    for (const [name, rule] of Object.entries(alertRules)) {
      const samples = values.get(rule.metric.name);
      if (samples) judge(seen, { alert: name as AlertName, rule, samples, at });
    }
    for (const [key, one] of seen) tell(log, seen, { key, one, at });
  };
  const lookOnce = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const loop = startLoop({ name: 'alerts', everyMs: LOOK_MS, log, run: lookOnce });

  const current = (): FiringAlert[] =>
    [...seen.values()].filter(({ isTold }) => isTold).map((one) => view(service, one));

  return {
    async firing() {
      // A look that has begun may miss what the caller has just done.
      await looking;
      await lookOnce();
      return current();
    },
    current,
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  };
}

interface Look {
  readonly alert: AlertName;
  readonly rule: AlertRule;
  readonly samples: readonly Sample[];
  readonly at: Date;
}

/** Updates `seen` with the conditions that hold, no longer hold, or have begun to hold. */
function judge(seen: Map<string, Seen>, { alert, rule, samples, at }: Look): void {
  const holding = new Map(
    samples
      .filter((sample) => holds(rule, sample))
      .map((sample) => [`${alert} ${JSON.stringify(sample.labels)}`, sample]),
  );
  for (const [key, one] of seen) if (one.alert === alert) one.isOver = !holding.has(key);
  for (const [key, sample] of holding) {
    const known = seen.get(key);
    if (known) known.sample = sample;
    else seen.set(key, { alert, rule, since: at, sample, isTold: false, isOver: false });
  }
}

function holds(rule: AlertRule, { labels, value }: Sample): boolean {
  const { where, whereNot } = rule;
  if (where && labels[where.label] !== where.is) return false;
  if (whereNot && labels[whereNot.label] === whereNot.is) return false;
  return rule.is === 'above' ? value > rule.threshold : value < rule.threshold;
}

function tell(
  log: Logger,
  seen: Map<string, Seen>,
  { key, one, at }: { readonly key: string; readonly one: Seen; readonly at: Date },
): void {
  const { alert, rule, sample } = one;
  const about = { alert, labels: sample.labels, value: sample.value, severity: rule.severity };
  if (one.isOver) {
    seen.delete(key);
    if (one.isTold) log.warn({ ...about, since: one.since }, 'alert is over');
  } else if (!one.isTold && at.getTime() - one.since.getTime() >= rule.forMs) {
    one.isTold = true;
    const { meaning, nextStep } = rule;
    log.warn({ ...about, meaning, nextStep, incidentPage: incidentPath(alert) }, 'alert');
  }
}

function view(service: ServiceName, { alert, rule, since, sample }: Seen): FiringAlert {
  const { severity, meaning, nextStep, metric } = rule;
  return {
    alert,
    service,
    severity,
    since: since.toISOString(),
    value: sample.value,
    unit: metric.unit,
    labels: sample.labels,
    meaning,
    nextStep,
  };
}
