import { rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { streams } from '@landfall/contracts/streams';
import type { ChaosFixture } from '../chaos/fixture.ts';
import type { Breach } from '../chaos/checks/breach.ts';
import { checkUsage } from '../chaos/checks/usage.ts';
import { checkUsageProof } from '../chaos/checks/usage-proof.ts';
import { live } from '../chaos/customers.ts';
import { drain } from '../chaos/drain.ts';
import { collect, collectUsageProof, type Evidence } from '../chaos/evidence.ts';
import { endUsage } from '../chaos/later-usage.ts';
import { Ledger } from '../chaos/ledger.ts';
import { buyMetered } from '../chaos/metered.ts';
import { policy } from '../chaos/policy.ts';
import { reconcile } from '../chaos/reconcile-once.ts';
import { Random } from '../chaos/random.ts';
import { newRecord, reportUnanswered } from '../chaos/usage-reporter.ts';
import type { DrillContext } from './drill.ts';
import { brokenHistory, differences, showGap, stale } from './restored.ts';

const HOUR_MS = 60 * 60 * 1000;
/** The same as in a chaos run: the longest pause between two attempts, and the work after it. */
const DRAIN_DEADLINE_MS = 6 * 60_000;
/** Long enough: the repairs take seconds, and the drill ends the pause itself. Nothing may be sent before that. */
const USAGE_PAUSE_MS = HOUR_MS;

/**
 * A restored record has an older version than its last event, and products ignore an event if its version is not above the
 * last one that they saw. docs/backup.md has the same statement.
 */
export const RAISE_VERSIONS = 'update fulfillment.subscriptions set version = version + 1000000';

/** A way to lose the last commits. */
export interface Loss {
  /** Traffic before `keep`, and half as long after it. */
  readonly seconds: number;
  /** Keeps what has been committed so far. What is committed later will be lost. Runs under traffic. */
  readonly keep: () => Promise<void>;
  /** Brings PostgreSQL back with what was kept. The server and all services have stopped. */
  readonly goBack: () => Promise<void>;
}

/**
 * Customers trade and use the product, and Microsoft gets their usage. Then PostgreSQL goes back to an earlier state, and the
 * drill does what docs/backup.md says. Afterwards the records must be equal, and each unit billed once.
 */
export async function loseCommits(
  context: DrillContext,
  system: ChaosFixture,
  { seconds, keep, goBack }: Loss,
): Promise<void> {
  const ledger = new Ledger();
  const random = new Random(Date.now());
  await system.client.api.policies.put.mutate(policy);
  const ids = await buyMetered(system, ledger);
  await trade(context, system, { ledger, random, seconds });
  await use(context, system, { ledger, ids });

  const traffic = trade(context, system, { ledger, random, seconds: seconds / 2 });
  await keep();
  await buyLate(system, ledger);
  await use(context, system, { ledger, ids });
  await traffic;
  await sendUsage(context, system);
  const before = await collect(system, ledger);

  const lostAt = performance.now();
  context.say('losing PostgreSQL and emptying JetStream');
  await lose(system);
  await Promise.all([goBack(), system.nats.restart()]);
  await context.until('JetStream answers again', () => doesAnswer(system));
  const restored = await collect(system, ledger);
  showGap(context, { before, restored });
  await execute(system, RAISE_VERSIONS);
  await startAll(system);
  context.figure('from the loss to all services ready', `${secondsSince(lostAt)} s`);
  await repair(context, system, ledger);
  context.figure('from the loss to the last repair', `${secondsSince(lostAt)} s`);
  await judge(context, system, { ledger, random, before, restored });
}

/** Customers who buy and change plans. */
async function trade(
  { say, signal, pause }: DrillContext,
  system: ChaosFixture,
  of: { readonly ledger: Ledger; readonly random: Random; readonly seconds: number },
): Promise<void> {
  const { ledger, random, seconds } = of;
  if (seconds === 0) return;
  say(`customers buy and change plans for ${seconds} s`);
  const end = new AbortController();
  const acting = live(system, ledger, random.fork(), AbortSignal.any([end.signal, signal]));
  try {
    await pause(seconds * 1000);
  } finally {
    end.abort();
    await acting;
  }
}

/** Reports usage of the running hour. */
async function use(
  { signal }: DrillContext,
  system: ChaosFixture,
  { ledger, ids }: { readonly ledger: Ledger; readonly ids: readonly string[] },
): Promise<void> {
  const occurredAt = (await system.client.now()).toISOString();
  for (const subscriptionId of ids) {
    const of = { subscriptionId, dimension: 'reports', quantity: '700', occurredAt };
    const record = newRecord(of);
    ledger.usage.set(record.eventId, record);
  }
  await reportUnanswered(system, ledger, signal);
}

/** A purchase that will be lost. */
async function buyLate({ client, worker }: ChaosFixture, ledger: Ledger): Promise<void> {
  const beneficiary = client.person('ben').email;
  const order = { offerId: 'teamdesk', planId: 'basic', quantity: 3, beneficiary };
  const { purchaseToken, subscriptionId } = await client.control.purchase(order);
  await worker.purchases.resolve.mutate({ purchaseToken });
  await client.api.subscriptions.activate.mutate({ subscriptionId });
  ledger.opened.add(subscriptionId);
  ledger.activated.add(subscriptionId);
}

/** The running hour ends and is sent, with usage that was kept and usage that will be lost. */
async function sendUsage(context: DrillContext, system: ChaosFixture): Promise<void> {
  await system.client.control.advance(HOUR_MS);
  await context.until('the hour is at Microsoft', async () => {
    const { usage } = await system.client.control.state();
    return usage.length > 0 && Object.keys(await left(context, system)).length === 0;
  });
}

async function lose({ services, postgres, nats, dataFolders }: ChaosFixture): Promise<void> {
  await Promise.all([postgres.kill(), nats.kill()]);
  await Promise.all(services.map((service) => service.stop()));
  rmSync(path.join(dataFolders.nats, 'jetstream'), { recursive: true, force: true });
}

/** JetStream takes calls a while after its server does. */
async function doesAnswer({ bus }: ChaosFixture): Promise<boolean> {
  return await bus.streamState(streams.deadLetters.name).then(
    () => true,
    () => false,
  );
}

async function startAll(system: ChaosFixture): Promise<void> {
  const USAGE_PAUSED_UNTIL = new Date(Date.now() + USAGE_PAUSE_MS).toISOString();
  await Promise.all(
    system.services.map((service) =>
      service.start(service.name === 'billing-sync' ? { USAGE_PAUSED_UNTIL } : {}),
    ),
  );
}

/** What docs/backup.md says: reconcile, report usage again, then let it be sent. */
async function repair(context: DrillContext, system: ChaosFixture, ledger: Ledger): Promise<void> {
  context.say('reconciling');
  const { drifted, healed } = await reconcile(system);
  context.figure('differences that reconciliation found and repaired', `${drifted}, ${healed}`);
  await execute(system, RAISE_VERSIONS);
  await left(context, system);
  context.say('reporting usage again');
  for (const record of ledger.usage.values()) record.isTaken = false;
  await reportUnanswered(system, ledger, context.signal);
  await system.services.find(({ name }) => name === 'billing-sync')?.start();
  await left(context, system);
}

async function judge(
  context: DrillContext,
  system: ChaosFixture,
  {
    ledger,
    random,
    before,
    restored,
  }: {
    readonly ledger: Ledger;
    readonly random: Random;
    readonly before: Evidence;
    readonly restored: Evidence;
  },
): Promise<void> {
  const after = await collect(system, ledger);
  hold(context, "Landfall's record equals Microsoft's", differences(after));
  hold(context, 'everything that was kept is complete', brokenHistory({ before, restored, after }));
  hold(context, "the product's last event shows each record", stale(restored, after));
  const again = [...after.product.events.values()].filter(({ times }) => times > 1).length;
  context.figure('events that the product received again with the same ids', again);
  context.figure('events with new ids', after.product.events.size - before.product.events.size);
  context.say('waiting until all usage is billed');
  await endUsage(system, ledger, {
    random,
    deadlineMs: DRAIN_DEADLINE_MS,
    onProgress: () => undefined,
    signal: context.signal,
  });
  const last = await collect(system, ledger);
  const proof = await collectUsageProof(system, ledger);
  hold(context, 'each unit is billed once', [...checkUsage(last), ...checkUsageProof(last, proof)]);
}

function hold(context: DrillContext, guarantee: string, breaches: readonly Breach[]): void {
  const [first] = breaches;
  const found =
    first && `${breaches.length}: ${first.guarantee} ${first.subscriptionId ?? ''} ${first.found}`;
  context.expect(guarantee, first === undefined, found);
}

async function left({ signal }: DrillContext, system: ChaosFixture) {
  return await drain(system, {
    deadlineMs: DRAIN_DEADLINE_MS,
    onProgress: () => undefined,
    signal,
    of: 'other work',
  });
}

async function execute({ databaseUrl }: ChaosFixture, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Counts from a reading of `performance.now()`. */
export function secondsSince(at: number): string {
  return ((performance.now() - at) / 1000).toFixed(1);
}
