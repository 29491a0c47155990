import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { AlertRule } from '@landfall/contracts/alert-rule';
import { alertRules } from '@landfall/contracts/alerts';
import type { MetricSpec, MetricUnit } from '@landfall/contracts/metric-spec';
import { dashboardRows, processPanels, specOf } from './dashboard-rows.ts';

/** Grafana identifies the dashboard by it, so a new version replaces the old one. */
const UID = 'landfall';
/** Half of the width of 24 columns, and a third. */
const HALF = 12;
const THIRD = 8;
const HEIGHT = 8;
const RED = 'red';
const GREEN = 'green';
/** The scrape jobs that the viewer has chosen. */
const JOBS = 'job=~"$job"';
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** A panel, before it is drawn. */
export interface PanelPlan {
  readonly title: string;
  readonly help: string;
  readonly unit: string;
  readonly expr: string;
  readonly legend: string;
  readonly thresholds: readonly Threshold[];
  /** A number instead of a graph. */
  readonly isNumber?: true;
  /** Prometheus may know traces of what the curve shows. */
  readonly hasTraces?: true;
}

export interface RowPlan {
  readonly title: string;
  readonly panels: readonly PanelPlan[];
}

/** What the dashboard shows, computed from the tables of metrics and alerts. */
export function dashboardPlan(): readonly RowPlan[] {
  return [
    { title: 'Is anything wrong?', panels: summaryPanels },
    ...dashboardRows.map(({ title, metrics }) => ({
      title,
      panels: metrics.flatMap((key) => panelsOf(specOf(key))),
    })),
    {
      title: 'Processes',
      panels: processPanels.map(({ title, name, unit, expr, help }) => ({
        title,
        help,
        unit,
        expr: expr(`${name}{${JOBS}}`),
        legend: '{{job}} {{instance}}',
        thresholds: [],
      })),
    },
  ];
}

/** The dashboard as Grafana reads it. */
export function dashboard(): Dashboard {
  const board = new DashboardBuilder('Landfall')
    .uid(UID)
    .tags(['landfall'])
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('datasource').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('job')
        .label('Job')
        .datasource(DATASOURCE)
        .query('label_values(landfall_build_info, job)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .current({ selected: true, text: 'All', value: '$__all' }),
    );
  for (const { title, panels } of dashboardPlan()) {
    board.withRow(new RowBuilder(title));
    for (const panel of panels) board.withPanel(panel.isNumber ? numberOf(panel) : curveOf(panel));
  }
  return board.build();
}

const summaryPanels: readonly PanelPlan[] = [
  {
    title: 'Active alerts',
    help: 'Alerts of Landfall that fire in Prometheus now. Each links to its incident page.',
    unit: 'short',
    expr: 'count(ALERTS{alertname=~"Landfall.*", alertstate="firing"}) or vector(0)',
    legend: '',
    thresholds: alarmAbove(1),
    isNumber: true,
  },
  {
    title: 'Processes that cannot be scraped',
    help: 'Processes of the chosen jobs that do not answer Prometheus.',
    unit: 'short',
    expr: `count(up{${JOBS}} == 0) or vector(0)`,
    legend: '',
    thresholds: alarmAbove(1),
    isNumber: true,
  },
  {
    title: 'Versions',
    help: 'Different versions of Landfall that run now. More than one is normal only during an upgrade.',
    unit: 'short',
    expr: `count(count by (version) (landfall_build_info{${JOBS}}))`,
    legend: '',
    thresholds: alarmAbove(2),
    isNumber: true,
  },
];

/** A gauge is shown as it is, a counter as its rate, and a histogram as its rate and its 99th percentile. */
function panelsOf(spec: MetricSpec): readonly PanelPlan[] {
  const { name, kind, help, labels, unit } = spec;
  const title = titleOf(spec);
  const by = ['job', ...labels].join(', ');
  const legend = labels.length === 0 ? '{{job}}' : labels.map((label) => `{{${label}}}`).join(' ');
  const common = { help, legend, thresholds: thresholdsOf(spec) };
  const rate = (series: string) => `sum by (${by}) (rate(${series}{${JOBS}}[$__rate_interval]))`;
  if (kind === 'gauge') {
    // Instances report the same facts about the database, so the worst one counts, as in the alerts.
    const worst = isLowBad(spec) ? 'min' : 'max';
    const expr = `${worst} by (${by}) (${name}{${JOBS}})`;
    return [{ ...common, title, unit: grafanaUnits[unit], expr }];
  }
  if (kind === 'counter') return [{ ...common, title, unit: 'reqps', expr: rate(name) }];
  const [first] = labels;
  const quantileBy = ['job', ...(first === undefined ? [] : [first]), 'le'].join(', ');
  return [
    { ...common, title: `${title}, rate`, unit: 'reqps', expr: rate(`${name}_count`) },
    {
      ...common,
      title: `${title}, p99`,
      unit: grafanaUnits[unit],
      expr: `histogram_quantile(0.99, sum by (${quantileBy}) (rate(${name}_bucket{${JOBS}}[$__rate_interval])))`,
      legend: first === undefined ? '{{job}}' : `{{${first}}}`,
      hasTraces: true,
    },
  ];
}

const grafanaUnits: Readonly<Record<MetricUnit, string>> = {
  seconds: 's',
  bytes: 'bytes',
  ratio: 'percentunit',
  count: 'short',
  days: 'd',
  'yes-no': 'bool_yes_no',
};

/** `landfall_usage_unsent_oldest_seconds` becomes "Usage unsent oldest". */
function titleOf({ name }: MetricSpec): string {
  const words = name.replace(/^landfall_/, '').replace(/_(seconds|total|ratio|bytes|info)$/, '');
  return words.charAt(0).toUpperCase() + words.slice(1).replaceAll('_', ' ');
}

const rules: readonly AlertRule[] = Object.values(alertRules);

function isLowBad(spec: MetricSpec): boolean {
  return rules.some(({ metric, is }) => metric.name === spec.name && is === 'below');
}

/** The values at which the metric's alerts fire, without alerts that are only about some of its series. */
function thresholdsOf(spec: MetricSpec): readonly Threshold[] {
  const ours = rules.filter(
    ({ metric, where, whereNot }) => metric.name === spec.name && !where && !whereNot,
  );
  const least = Math.min(...ours.map(({ threshold }) => threshold));
  const [rule] = ours;
  if (!rule) return [];
  if (rule.is === 'above') return alarmAbove(least);
  const most = Math.max(...ours.map(({ threshold }) => threshold));
  return [
    { value: null, color: RED },
    { value: most, color: GREEN },
  ];
}

function alarmAbove(value: number): readonly Threshold[] {
  return [
    { value: null, color: GREEN },
    { value, color: RED },
  ];
}

function queryOf({ expr, legend, hasTraces }: PanelPlan): DataqueryBuilder {
  const query = new DataqueryBuilder().expr(expr).legendFormat(legend).refId('A');
  return hasTraces ? query.exemplar(true) : query;
}

function thresholdsBuilder(thresholds: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...thresholds]);
}

function numberOf(panel: PanelPlan): StatBuilder {
  const { title, help, unit, thresholds } = panel;
  return new StatBuilder()
    .title(title)
    .description(help)
    .datasource(DATASOURCE)
    .unit(unit)
    .height(HEIGHT / 2)
    .span(THIRD)
    .thresholds(thresholdsBuilder(thresholds))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .withTarget(queryOf(panel));
}

function curveOf(panel: PanelPlan): TimeSeriesBuilder {
  const { title, help, unit, thresholds } = panel;
  const builder = new TimeSeriesBuilder()
    .title(title)
    .description(help)
    .datasource(DATASOURCE)
    .unit(unit)
    .height(HEIGHT)
    .span(HALF)
    .withTarget(queryOf(panel));
  if (thresholds.length === 0) return builder;
  const line = new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line);
  return builder.thresholds(thresholdsBuilder(thresholds)).thresholdsStyle(line);
}
