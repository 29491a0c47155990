import { setTimeout as delay } from 'node:timers/promises';
import { openChaosFixture, type ChaosFixture } from './fixture.ts';
import { startKiller } from './killer.ts';
import { Ledger } from './ledger.ts';
import { sleep } from './patience.ts';
import { policy } from './policy.ts';
import { Random } from './random.ts';
import { makeSpaces } from './space-maker.ts';
import { buyMetered } from './metered.ts';
import { settle, type ReportedBreach } from './settle.ts';
import { trade } from './trade.ts';
import { beOdd, blow, lag } from './weather.ts';

export interface RunOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly workers: number;
  readonly natsNodes?: number;
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
  readonly breaches: readonly ReportedBreach[];
  /** The folder with the logs, if they were kept. */
  readonly logs?: string;
}

/** One run: disturb, drain, compare, reconcile, compare again. Throws only if it cannot run. */
export async function runChaos(options: RunOptions): Promise<RunReport> {
  const startedAt = Date.now();
  const { onProgress, signal } = options;
  await using fixture = await openChaosFixture({
    workers: options.workers,
    natsNodes: options.natsNodes ?? 1,
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
    trade(fixture, ledger, { ids, random }, until),
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

function since(at: number): number {
  return (Date.now() - at) / 1000;
}

function ignore(): void {}
