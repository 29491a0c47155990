import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { metricLabels, type MetricLabel, type MetricSpec } from '@landfall/contracts/metric-spec';
import { metrics as table } from '@landfall/contracts/metrics';
import type { Logger } from '../log/log.ts';
import { currentSpan } from '../telemetry/tracing.ts';
import { renderAs, type MetricsFormat } from './formats.ts';

/** Scrapes and alerts that come within this time share one reading. */
const CACHE_MS = 5000;
/** From a simple statement in PostgreSQL to beyond the ten seconds that Microsoft waits. */
const BUCKETS_SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30];
/** More than all routes and procedures with their usual outcomes. Bounds the memory if there are countless other outcomes. */
const MAX_TIMERS = 2000;
/** Replaces a label value that does not have the label's form. */
const OTHER = 'other';

export type Labels<Label extends MetricLabel> = Readonly<Record<Label, string>>;

export interface Sample {
  readonly labels: Readonly<Partial<Record<MetricLabel, string>>>;
  readonly value: number;
}

/** The current samples of a metric. None: there is nothing to measure, which differs from zero. */
export interface Reading {
  readonly spec: MetricSpec;
  readonly samples: readonly Sample[];
}

/** The reading of a metric without labels. With an undefined value it has no sample. */
export function reading(spec: MetricSpec<never>, value: number | undefined): Reading {
  return { spec, samples: value === undefined ? [] : [{ labels: {}, value }] };
}

/** The reading of a metric with labels. */
export function readings<Label extends MetricLabel>(
  spec: MetricSpec<Label>,
  samples: readonly { readonly labels: Labels<Label>; readonly value: number }[],
): Reading {
  return { spec, samples };
}

/** Seconds from `since` to `now`. Never negative, although clocks differ a little. */
export function ageSeconds(since: Date, now: Date): number;
export function ageSeconds(since: Date | null | undefined, now: Date): number | undefined;
export function ageSeconds(since: Date | null | undefined, now: Date): number | undefined {
  return since ? Math.max(0, (now.getTime() - since.getTime()) / 1000) : undefined;
}

/** A histogram with the labels of one of its series. */
interface Timer {
  readonly histogram: Histogram;
  readonly labels: Readonly<Record<string, string>>;
  readonly series: Histogram.Internal<string>;
}

interface Source {
  readonly specs: readonly MetricSpec[];
  readonly read: () => Promise<readonly Reading[]>;
  readAt: number;
  pending: Promise<void> | undefined;
  hasFailed: boolean;
}

/**
 * The metrics of one service in one process. Only metrics of the contracts' table can be registered, and a label value
 * of another form counts as `other`. Gauges are read on request, at most every five seconds. If a reading fails, its
 * gauges are absent.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #known = new Map<string, Gauge | Counter | Histogram>();
  readonly #sources: Source[] = [];
  readonly #timers = new Map<string, Timer>();
  readonly #log: Logger;
  readonly #now: () => Date;

  constructor(options: { readonly log: Logger; readonly now: () => Date }) {
    this.#log = options.log.child({ part: 'metrics' });
    this.#now = options.now;
    this.#register(table.unreadable);
  }

  /** Records a duration. If the current trace is recorded, its id becomes the exemplar of the bucket. */
  observe<Label extends MetricLabel>(
    spec: MetricSpec<Label>,
    labels: Labels<Label>,
    ms: number,
  ): void {
    const timer = this.#timerOf(spec, labels);
    if (!timer) return;
    const value = ms / 1000;
    const span = currentSpan();
    if (!span) return timer.series.observe(value);
    const exemplarLabels = { trace_id: span.traceId };
    timer.histogram.observe({ labels: timer.labels, value, exemplarLabels });
  }

  /** Timers are remembered, because checking and hashing the labels costs more than recording a time. */
  #timerOf<Label extends MetricLabel>(
    spec: MetricSpec<Label>,
    labels: Labels<Label>,
  ): Timer | undefined {
    const key = spec.labels.reduce((text, label) => `${text}\n${labels[label]}`, spec.name);
    const remembered = this.#timers.get(key);
    if (remembered) return remembered;
    const histogram = this.#register(spec);
    if (!(histogram instanceof Histogram)) return undefined;
    const known = bounded(labels);
    const timer = { histogram, labels: known, series: histogram.labels(known) };
    if (this.#timers.size >= MAX_TIMERS) this.#timers.clear();
    this.#timers.set(key, timer);
    return timer;
  }

  /** Registers metrics with the function that reads them on request. */
  read(specs: readonly MetricSpec[], read: () => Promise<readonly Reading[]>): void {
    for (const spec of specs) this.#register(spec);
    this.#sources.push({ specs, read, readAt: -Infinity, pending: undefined, hasFailed: false });
  }

  /** The current gauges by name, without those that cannot be read at the moment. */
  async values(): Promise<ReadonlyMap<string, readonly Sample[]>> {
    await this.#refresh();
    const failed = new Set(
      this.#sources.flatMap(({ hasFailed, specs }) => (hasFailed ? specs : [])),
    );
    const readable = Object.values(table).filter(
      (spec) => spec.kind === 'gauge' && this.#known.has(spec.name) && !failed.has(spec),
    );
    const found = await Promise.all(
      readable.map(async ({ name }) => {
        const { values } = (await this.#known.get(name)?.get()) ?? { values: [] };
        return [name, values.map(({ labels, value }) => ({ labels, value }))] as const;
      }),
    );
    return new Map(found);
  }

  /** All metrics as text, with the default metrics of the process. */
  async render(format: MetricsFormat = 'prometheus'): Promise<string> {
    await this.#refresh();
    return await renderAs(format, [this.#registry, processRegistry()]);
  }

  async #refresh(): Promise<void> {
    await Promise.all(this.#sources.map((source) => this.#refreshOne(source)));
    const failed = this.#sources.filter(({ hasFailed }) => hasFailed).length;
    this.#set(reading(table.unreadable, failed));
  }

  #refreshOne(source: Source): Promise<void> {
    const age = this.#now().getTime() - source.readAt;
    if (age >= 0 && age < CACHE_MS) return Promise.resolve();
    source.pending ??= this.#readOne(source).finally(() => {
      source.pending = undefined;
    });
    return source.pending;
  }

  async #readOne(source: Source): Promise<void> {
    const startedAt = this.#now().getTime();
    try {
      const found = await source.read();
      for (const one of found) this.#set(one);
      source.hasFailed = false;
    } catch (err) {
      if (!source.hasFailed) this.#log.warn({ err }, 'could not read metrics; they are absent');
      source.hasFailed = true;
      for (const spec of source.specs) this.#set({ spec, samples: [] });
    }
    source.readAt = startedAt;
  }

  #set({ spec, samples }: Reading): void {
    const known = this.#register(spec);
    if (known instanceof Histogram) return;
    known.reset();
    // An empty gauge without labels would be 0, which differs from having no value.
    if (samples.length === 0 && spec.labels.length === 0) known.remove();
    for (const { labels, value } of samples) known.inc(bounded(labels), value);
  }

  #register(spec: MetricSpec): Gauge | Counter | Histogram {
    const known = this.#known.get(spec.name);
    if (known) return known;
    if (!Object.values(table).includes(spec as never)) {
      throw new Error(`the metric ${spec.name} is not in the table`);
    }
    const { name, help } = spec;
    // prom-client makes no histogram with exemplars in a registry of the text format, but renders one there.
    const common = { name, help, labelNames: [...spec.labels], registers: [] };
    const made = {
      gauge: () => new Gauge(common),
      counter: () => new Counter(common),
      histogram: () =>
        new Histogram({ ...common, buckets: BUCKETS_SECONDS, enableExemplars: true }),
    }[spec.kind]();
    this.#registry.registerMetric(made);
    this.#known.set(name, made);
    return made;
  }
}

function bounded(labels: Readonly<Partial<Record<MetricLabel, string>>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      metricLabels[name as MetricLabel].test(value) ? value : OTHER,
    ]),
  );
}

let ofProcess: Registry | undefined;

/** Memory, processor and event loop belong to the process, even if a test starts several services in it. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
