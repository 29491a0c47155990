import { compareSides } from './checks/both-sides.ts';
import type { Breach } from './checks/breach.ts';
import { check } from './checks/check.ts';
import { checkUsage } from './checks/usage.ts';
import { checkUsageProof } from './checks/usage-proof.ts';
import { drain } from './drain.ts';
import { collect, collectUsageProof, type TimelineRow } from './evidence.ts';
import type { ChaosFixture } from './fixture.ts';
import { endUsage } from './later-usage.ts';
import type { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import { reconcileOnce } from './reconcile-once.ts';
import { reportUnanswered } from './usage-reporter.ts';

/**
 * The longest sequence that a run can leave unfinished: a task's pause after its seventh failure in
 * a row (two minutes) or the lease of usage that was being sent (two minutes), and the work after
 * it.
 */
const DRAIN_DEADLINE_MS = 6 * 60_000;

/** A broken guarantee, with everything that happened to its subscription. */
export type ReportedBreach = Breach & { readonly timeline?: readonly string[] };

export interface SettleOptions {
  readonly seed: number;
  readonly onProgress: (line: string) => void;
  /** Ends it early. It then checks nothing. */
  readonly signal: AbortSignal;
}

/**
 * Turns off all faults. Everything must end, and records may differ only where no notification was
 * sent.
 */
export async function settle(
  fixture: ChaosFixture,
  ledger: Ledger,
  { seed, onProgress, signal }: SettleOptions,
): Promise<ReportedBreach[]> {
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
  { seed, onProgress, signal }: SettleOptions,
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

function withTimeline(breach: Breach, timeline: readonly TimelineRow[]): ReportedBreach {
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

function ignore(): void {}
