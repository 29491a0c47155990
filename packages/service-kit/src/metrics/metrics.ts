import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  metricLabels,
  metrics as table,
  type MetricLabel,
  type MetricSpec,
} from '@landfall/contracts/metrics';
import type { Logger } from '../log/log.ts';

/** Scrapes and alerts ask at about the same time; within this they share one look at the database. */
const CACHE_MS = 5000;
/** From a look-up in Postgres to the ten seconds that Microsoft waits. */
const BUCKETS_SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30];
/** What a label's value becomes that is none of its kind. */
const OTHER = 'other';

export type Labels<Label extends MetricLabel> = Readonly<Record<Label, string>>;

export interface Sample {
  readonly labels: Readonly<Partial<Record<MetricLabel, string>>>;
  readonly value: number;
}

/** What a metric is now. No sample means: there is nothing of which it could be told. */
export interface Reading {
  readonly spec: MetricSpec;
  readonly samples: readonly Sample[];
}

/** A metric without labels; undefined is no sample. */
export function reading(spec: MetricSpec<never>, value: number | undefined): Reading {
  return { spec, samples: value === undefined ? [] : [{ labels: {}, value }] };
}

/** A metric with labels: one sample for each. */
export function readings<Label extends MetricLabel>(
  spec: MetricSpec<Label>,
  samples: readonly { readonly labels: Labels<Label>; readonly value: number }[],
): Reading {
  return { spec, samples };
}

/** Seconds from `since` to `now`, never negative: clocks differ by a little. */
export function ageSeconds(since: Date, now: Date): number;
export function ageSeconds(since: Date | null | undefined, now: Date): number | undefined;
export function ageSeconds(since: Date | null | undefined, now: Date): number | undefined {
  return since ? Math.max(0, (now.getTime() - since.getTime()) / 1000) : undefined;
}

interface Source {
  readonly specs: readonly MetricSpec[];
  readonly read: () => Promise<readonly Reading[]>;
  readAt: number;
  pending: Promise<void> | undefined;
  hasFailed: boolean;
}

/**
 * The metrics of one service in one process, all of them from the table of contracts: another name
 * cannot be registered, and a label's value that is not of its form counts as `other`. Gauges are
 * read when somebody asks, at most every five seconds; those whose reading fails are absent.
 */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #known = new Map<string, Gauge | Counter | Histogram>();
  readonly #sources: Source[] = [];
  readonly #log: Logger;
  readonly #now: () => Date;

  constructor(options: { readonly log: Logger; readonly now: () => Date }) {
    this.#log = options.log.child({ part: 'metrics' });
    this.#now = options.now;
    this.#register(table.unreadable);
  }

  /** Takes a duration. */
  observe<Label extends MetricLabel>(
    spec: MetricSpec<Label>,
    labels: Labels<Label>,
    ms: number,
  ): void {
    const known = this.#register(spec);
    if (known instanceof Histogram) known.observe(bounded(labels), ms / 1000);
  }

  /** What `read` tells of these metrics is asked for when somebody wants to know. */
  read(specs: readonly MetricSpec[], read: () => Promise<readonly Reading[]>): void {
    for (const spec of specs) this.#register(spec);
    this.#sources.push({ specs, read, readAt: -Infinity, pending: undefined, hasFailed: false });
  }

  /** Gauges as they are now, by name; those that cannot be told at the moment are missing. */
  async values(): Promise<ReadonlyMap<string, readonly Sample[]>> {
    await this.#refresh();
    const failed = new Set(
      this.#sources.flatMap(({ hasFailed, specs }) => (hasFailed ? specs : [])),
    );
    const told = Object.values(table).filter(
      (spec) => spec.kind === 'gauge' && this.#known.has(spec.name) && !failed.has(spec),
    );
    const found = await Promise.all(
      told.map(async ({ name }) => {
        const { values } = (await this.#known.get(name)?.get()) ?? { values: [] };
        return [name, values.map(({ labels, value }) => ({ labels, value }))] as const;
      }),
    );
    return new Map(found);
  }

  /** Prometheus' text format, with the default metrics of the process. */
  async render(): Promise<string> {
    await this.#refresh();
    const parts = await Promise.all([this.#registry.metrics(), processRegistry().metrics()]);
    return parts.join('\n');
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
    try {
      const found = await source.read();
      for (const one of found) this.#set(one);
      source.hasFailed = false;
    } catch (err) {
      if (!source.hasFailed) this.#log.warn({ err }, 'metrics can not be read; they are absent');
      source.hasFailed = true;
      for (const spec of source.specs) this.#set({ spec, samples: [] });
    }
    source.readAt = this.#now().getTime();
  }

  #set({ spec, samples }: Reading): void {
    const known = this.#register(spec);
    if (known instanceof Histogram) return;
    known.reset();
    // An empty gauge without labels would say 0, which is not the same as having nothing to say.
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
    const common = { name, help, labelNames: [...spec.labels], registers: [this.#registry] };
    const made = {
      gauge: () => new Gauge(common),
      counter: () => new Counter(common),
      histogram: () => new Histogram({ ...common, buckets: BUCKETS_SECONDS }),
    }[spec.kind]();
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

/** Memory, processor and event loop are the process', however many services a test starts in it. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
