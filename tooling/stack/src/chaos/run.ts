import { setTimeout as delay } from 'node:timers/promises';
import { openChaosFixture, type ChaosFixture } from './fixture.ts';
import { compareSides } from './checks/both-sides.ts';
import type { Breach } from './checks/breach.ts';
import { check } from './checks/check.ts';
import { live } from './customers.ts';
import { drain } from './drain.ts';
import { checkUsage } from './checks/usage.ts';
import { checkUsageProof } from './checks/usage-proof.ts';
import { collect, collectUsageProof, type TimelineRow } from './evidence.ts';
import { startKiller } from './killer.ts';
import { Ledger } from './ledger.ts';
import { sleep } from './patience.ts';
import { policy } from './policy.ts';
import { Random } from './random.ts';
import { reconcileOnce } from './reconcile-once.ts';
import { makeSpaces } from './space-maker.ts';
import { endUsage } from './later-usage.ts';
import { buyMetered } from './metered.ts';
import { changeMetered, readAgain } from './metered-changes.ts';
import { reportUnanswered, reportUsage } from './usage-reporter.ts';
import { beOdd, blow, lag } from './weather.ts';

/**
 * The longest sequence that a run can leave unfinished: a task's pause after its seventh failure in
 * a row (two minutes) or the lease of usage that was being sent (two minutes), and the work after
 * it.
 */
const DRAIN_DEADLINE_MS = 6 * 60_000;

export interface RunOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly workers: number;
  readonly odd?: boolean;
  readonly keep?: boolean;
  readonly onProgress: (line: string) => void;
  /** Stops the run early. It then checks nothing and says so. */
  readonly signal: AbortSignal;
}

export interface RunReport {
  readonly seed: number;
  readonly isComplete: boolean;
  readonly seconds: {
    readonly disturbed: number;
    readonly drained: number;
    readonly total: number;
  };
  readonly kills: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly breaches: readonly (Breach & { readonly timeline?: readonly string[] })[];
  /** The folder with the logs, if they were kept. */
  readonly logs?: string;
}

/** One run: disturb, drain, compare, reconcile, compare again. Throws only if it cannot run. */
export async function runChaos(options: RunOptions): Promise<RunReport> {
  const startedAt = Date.now();
  const { onProgress, signal } = options;
  await using fixture = await openChaosFixture({
    workers: options.workers,
    keep: options.keep ?? false,
    onStep: (step) => onProgress(`starting: ${step}`),
  });
  const ledger = new Ledger();
  const random = new Random(options.seed);
  await fixture.client.api.policies.put.mutate(policy);
  if (options.odd) await beOdd(fixture.client.control, random.fork());
  await makeSpaces(fixture, ledger, random.fork());
  const ids = await buyMetered(fixture, ledger);
  await lag(fixture.client.control);
  const disturbedAt = Date.now();
  const kills = await disturb(fixture, ledger, { ...options, ids, random });
  const disturbed = Date.now() - disturbedAt;
  const report = {
    seed: options.seed,
    kills,
    ...(options.keep && { logs: fixture.logs }),
  };
  const drainedAt = Date.now();
  const breaches = await settle(fixture, ledger, options);
  const seconds = {
    disturbed: disturbed / 1000,
    drained: since(drainedAt),
    total: since(startedAt),
  };
  return {
    ...report,
    isComplete: !signal.aborted,
    seconds,
    counts: ledger.sortedCounts(),
    breaches,
  };
}

/** Customers, usage, kills and a faulty marketplace at the same time; returns the kills by kind. */
async function disturb(
  fixture: ChaosFixture,
  ledger: Ledger,
  options: RunOptions & { readonly ids: readonly string[]; readonly random: Random },
): Promise<Record<string, number>> {
  const { ids, minutes, onProgress, random } = options;
  const end = new AbortController();
  const until = AbortSignal.any([end.signal, options.signal]);
  const killer = startKiller(fixture, random.fork(), until);
  const progress = setInterval(() => {
    const killed = [...killer.kills].map(([kind, count]) => `${kind} ${count}`).join(', ');
    onProgress(`disturbing: ${ledger.counts.get('purchases') ?? 0} purchases; killed: ${killed}`);
  }, PROGRESS_MS);
  const acting = Promise.all([
    live(fixture, ledger, random.fork(), until),
    reportUsage(fixture, ledger, { ids, random: random.fork() }, until),
    changeMetered(fixture, ledger, { ids, random: random.fork() }, until),
    readAgain(fixture, ledger, random.fork(), until),
    blow(fixture.client.control, random.fork(), until),
    reconcileNowAndThen(fixture, ledger, until),
    killer.finished,
  ]).finally(() => end.abort());
  await Promise.race([acting, delay(minutes * 60_000, undefined, { signal: until }).catch(ignore)]);
  end.abort();
  clearInterval(progress);
  await acting;
  return Object.fromEntries(killer.kills);
}

const PROGRESS_MS = 10_000;

/** A killed reconciliation blocks the next one for two minutes, so short runs have none. */
const RECONCILIATION_PAUSE_MS = 100_000;

async function reconcileNowAndThen(
  { client }: ChaosFixture,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await sleep(RECONCILIATION_PAUSE_MS, signal);
    if (signal.aborted) return;
    const begun = await client.api.reconciliation.start.mutate({}).catch(() => undefined);
    if (begun) ledger.count('reconciliations in the middle');
  }
}

/**
 * Turns off all faults. Everything must end, and records may differ only where no notification was
 * sent.
 */
async function settle(
  fixture: ChaosFixture,
  ledger: Ledger,
  { seed, onProgress, signal }: RunOptions,
): Promise<RunReport['breaches']> {
  if (signal.aborted) return [];
  await reportUnanswered(fixture, ledger, signal);
  const left = await drain(fixture, {
    deadlineMs: DRAIN_DEADLINE_MS,
    of: 'other work',
    signal,
    onProgress: (backlog) => onProgress(`draining: ${listed(backlog)}`),
  });
  const stuck = Object.entries(left).map(([what, count]) => ({
    guarantee: 'all work that was started ends',
    found: `${count} ${what} after ${DRAIN_DEADLINE_MS / 60_000} minutes`,
  }));
  if (signal.aborted) return [];
  onProgress('comparing');
  const before = await collect(fixture, ledger);
  const expected = compareSides(before);
  for (const { excuse } of expected) ledger.count(`to repair: ${excuse ?? 'unexplained'}`);
  ledger.count('operations', before.marketplace.operations.length);
  ledger.count('notifications', before.notifications.length);
  ledger.count('facts', before.facts.length);
  ledger.count('events to the product', before.product.events.size);
  onProgress('reconciling');
  const unexpected = await reconcileOnce(fixture, ledger, expected, droppedIn(before));
  const idle = await drain(fixture, {
    deadlineMs: DRAIN_DEADLINE_MS,
    of: 'other work',
    signal,
    onProgress: ignore,
  });
  const after = await collect(fixture, ledger);
  const breaches: Breach[] = [
    ...stuck,
    ...check(before, 'drained'),
    ...unexpected,
    ...Object.keys(idle).map((what) => ({ guarantee: 'repairs end', found: what })),
    ...check(after, 'reconciled'),
  ];
  breaches.push(...(await settleUsage(fixture, ledger, { seed, onProgress, signal })));
  return breaches.map((breach) => withTimeline(breach, after.timeline));
}

/** Usage under the last plans and terms, and all usage until Microsoft's report has been compared. */
async function settleUsage(
  fixture: ChaosFixture,
  ledger: Ledger,
  { seed, onProgress, signal }: Pick<RunOptions, 'seed' | 'onProgress' | 'signal'>,
): Promise<Breach[]> {
  onProgress('ending the usage');
  const left = await endUsage(fixture, ledger, {
    random: new Random(seed),
    deadlineMs: DRAIN_DEADLINE_MS,
    onProgress: (backlog) => onProgress(`draining: ${listed(backlog)}`),
    signal,
  });
  const evidence = await collect(fixture, ledger);
  ledger.count('usage records', evidence.billing.records.length);
  ledger.count('usage events billed', evidence.marketplace.usage.length);
  return [
    ...Object.keys(left).map((what) => ({ guarantee: 'usage ends', found: what })),
    ...checkUsage(evidence),
    ...checkUsageProof(evidence, await collectUsageProof(fixture, ledger)),
  ];
}

function droppedIn({ marketplace }: Awaited<ReturnType<typeof collect>>): ReadonlySet<string> {
  const dropped = marketplace.deliveries.filter(({ state }) => state === 'dropped');
  return new Set(dropped.map(({ subscriptionId }) => subscriptionId));
}

function withTimeline(
  breach: Breach,
  timeline: readonly TimelineRow[],
): RunReport['breaches'][number] {
  const { subscriptionId } = breach;
  if (subscriptionId === undefined) return breach;
  const own = timeline.filter((row) => row.subscriptionId === subscriptionId);
  return {
    ...breach,
    timeline: own.map(
      ({ at, kind, cause, operationId, details }) =>
        `${new Date(at).toISOString()} ${kind} by ${cause} ${operationId ?? ''} ${JSON.stringify(details)}`,
    ),
  };
}

function listed(of: Readonly<Record<string, number>>): string {
  return Object.entries(of)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

function since(at: number): number {
  return (Date.now() - at) / 1000;
}

function ignore(): void {}
