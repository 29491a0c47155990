import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules } from '@landfall/contracts/alerts';
import type { MetricLabel, MetricSpec } from '@landfall/contracts/metric-spec';
import { JOB, URL_OF_INSTALLATION, type PrometheusRule } from './prometheus-rules.ts';

/** Prometheus looks this often in the cases. It divides the duration of every rule. */
export const STEP_MS = 60_000;
const JOB_NAME = 'landfall-test';
const INSTALLATION = 'https://marketplace.contoso.example';

type Labels = Readonly<Partial<Record<MetricLabel, string>>>;

/** Values at which an alert of the services fires, and the nearest at which it does not. */
export interface RuleCase {
  readonly alert: string;
  readonly metric: MetricSpec;
  readonly forMs: number;
  /** The series about which the alert is. */
  readonly labels: Labels;
  /** A series of the same metric about which it is not; undefined if it is about all. */
  readonly otherLabels: Labels | undefined;
  readonly fires: number;
  readonly quiet: number;
}

/** A case for each alert of the services. The threshold itself is quiet: an alert is above or below it. */
export function ruleCases(): readonly RuleCase[] {
  const rules = Object.entries(alertRules as Readonly<Record<string, AlertRule>>);
  return rules.map(([alert, { metric, is, threshold, where, whereNot, forMs }]) => {
    const labels: Labels = Object.fromEntries(
      metric.labels.map((label) => [label, label === where?.label ? where.is : sampleOf(label)]),
    );
    const excluded = whereNot ?? (where && { label: where.label, is: sampleOf(where.label) });
    return {
      alert,
      metric,
      forMs,
      labels,
      otherLabels: excluded && { ...labels, [excluded.label]: excluded.is },
      fires: is === 'above' ? threshold + smallStep(metric) : threshold - smallStep(metric),
      quiet: threshold,
    };
  });
}

/** A value of the label's form that no rule names. */
function sampleOf(label: MetricLabel): string {
  return (
    { version: '1.2.3', node: '24.0.0', stream: 'SAMPLE', status: '200' }[label as string] ??
    'sample'
  );
}

function smallStep({ unit }: MetricSpec): number {
  return unit === 'ratio' ? 0.01 : 1;
}

/** A group of a file for `promtool test rules`: series, and what each rule makes of them. */
interface Group {
  readonly name: string;
  readonly series: readonly Series[];
  readonly expectations: readonly Expectation[];
}

interface Series {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Expectation {
  readonly rule: PrometheusRule;
  /** The labels of each alert that fires. None: the rule is quiet. */
  readonly firing: readonly Readonly<Record<string, string>>[];
}

/**
 * A file for `promtool test rules`: each rule in a group in which it fires after its time and not before, and in one in which it
 * is quiet.
 */
export function promtoolTests(rules: readonly PrometheusRule[], rulesFile: string): object {
  const byName = new Map(rules.map((rule) => [rule.alert, rule]));
  const ofServices = ruleCases().flatMap((one) => {
    const rule = byName.get(one.alert);
    return rule ? casesOf(rule, one) : [];
  });
  const ofPrometheus = rules.flatMap((rule) => prometheusCases[rule.alert]?.(rule) ?? []);
  const without = { name: 'nothing is known', series: [], expectations: ofServices.map(quietRule) };
  return {
    rule_files: [rulesFile],
    evaluation_interval: `${STEP_MS / 1000}s`,
    tests: [...packed(ofServices), ...ofPrometheus, without].map(written),
  };
}

function quietRule({ expectations: [first] }: Group): Expectation {
  if (!first) throw new Error('a case expects nothing');
  return { rule: first.rule, firing: [] };
}

/** promtool opens a database for each group, so cases about different metrics share one. */
function packed(cases: readonly Group[]): readonly Group[] {
  const groups: { name: string; series: Series[]; expectations: Expectation[] }[] = [];
  for (const { name, series, expectations } of cases) {
    const metrics = new Set(series.map(({ metric }) => metric));
    let group = groups.find((one) => !one.series.some(({ metric }) => metrics.has(metric)));
    if (!group) groups.push((group = { name: '', series: [], expectations: [] }));
    group.name += `${name}. `;
    group.series.push(...series);
    group.expectations.push(...expectations);
  }
  return groups;
}

function casesOf(rule: PrometheusRule, one: RuleCase): readonly Group[] {
  const { metric, labels, otherLabels, fires, quiet } = one;
  const series = (of: Labels, value: number): Series => ({
    metric: metric.name,
    labels: { [JOB]: JOB_NAME, instance: 'a', ...of },
    value,
  });
  const other = otherLabels ? [series(otherLabels, fires)] : [];
  return [
    group(rule, [series(labels, fires), ...other], [{ [JOB]: JOB_NAME, ...labels }]),
    group(rule, [series(labels, quiet), ...other], []),
  ];
}

/** The rules that only Prometheus can have. */
const prometheusCases: Readonly<Record<string, (rule: PrometheusRule) => readonly Group[]>> = {
  InstanceDown: (rule) => {
    const of = { [JOB]: JOB_NAME, instance: 'a' };
    return [
      group(rule, [up(of, 0), up(STRANGER, 0)], [of]),
      group(rule, [up(of, 1), up(STRANGER, 0)], []),
    ];
  },
  ScrapingStopped: (rule) => [
    group(rule, [up(STRANGER, 1)], [{}]),
    group(rule, [up({ [JOB]: JOB_NAME, instance: 'a' }, 0)], []),
  ],
  VersionsDiffer: (rule) => {
    const build = (instance: string, version: string): Series => ({
      metric: 'landfall_build_info',
      labels: { [JOB]: JOB_NAME, instance, version },
      value: 1,
    });
    return [
      group(rule, [build('a', '1.2.3'), build('b', '1.2.4')], [{}]),
      group(rule, [build('a', '1.2.3'), build('b', '1.2.3')], []),
    ];
  },
};

/** A process that Prometheus scrapes beside Landfall. */
const STRANGER = { [JOB]: 'node-exporter', instance: 'a' };

function up(labels: Readonly<Record<string, string>>, value: number): Series {
  return { metric: 'up', labels, value };
}

function group(
  rule: PrometheusRule,
  series: readonly Series[],
  firing: Expectation['firing'],
): Group {
  const name = `${rule.alert} ${firing.length > 0 ? 'fires' : 'is quiet'}`;
  return { name, series, expectations: [{ rule, firing }] };
}

/** As promtool reads it. The series last as long as the slowest rule needs. */
function written({ name, series, expectations }: Group): object {
  const steps = Math.max(...expectations.map(({ rule }) => rule.forMs / STEP_MS));
  return {
    name,
    interval: at(1),
    external_labels: { landfall_url: INSTALLATION },
    input_series: series.map(({ metric, labels, value }) => {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
      return { series: `${metric}{${pairs.join(',')}}`, values: `${value}x${steps + 4}` };
    }),
    alert_rule_test: expectations.flatMap(expectedOf),
  };
}

function expectedOf({ rule, firing }: Expectation): readonly object[] {
  const { alert, forMs, severity, meaning, nextStep, runbook } = rule;
  const steps = forMs / STEP_MS;
  const alertname = `Landfall${alert}`;
  const before = { eval_time: at(steps - 1), alertname, exp_alerts: [] };
  const exp_annotations = {
    summary: meaning,
    description: nextStep,
    runbook_url: runbook.replace(URL_OF_INSTALLATION, INSTALLATION),
  };
  const exp_alerts = firing.map((labels) => ({
    exp_labels: { severity, ...labels },
    exp_annotations,
  }));
  return [...(steps > 0 ? [before] : []), { eval_time: at(steps + 1), alertname, exp_alerts }];
}

function at(step: number): string {
  return `${(step * STEP_MS) / 1000}s`;
}
