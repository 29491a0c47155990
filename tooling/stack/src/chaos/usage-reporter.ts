import { randomUUID } from 'node:crypto';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger, ReportedUsage } from './ledger.ts';
import { persist, sleep } from './patience.ts';
import type { Random } from './random.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Microsoft accepts usage of the last day; the rest is a margin for the run itself. */
const HOURS_BACK = 20;
const METERED = 4;
const BATCH = { min: 1, max: 6 };
const PAUSE_MS = { min: 100, max: 900 };
const ACTIVATION_DEADLINE_MS = 60_000;

export const dimensions = ['reports', 'api-calls'] as const;
/** The quantity of `reports` that the plan includes. It includes no `api-calls`. */
export const INCLUDED_REPORTS = 50;

/**
 * Buys subscriptions that have been active for most of a day, so that there are past hours to
 * report. Meanwhile the clock of the whole system is set back. Runs before anything is killed.
 */
export async function buyMetered(fixture: ChaosFixture, ledger: Ledger): Promise<string[]> {
  const { client } = fixture;
  const { api, control } = client;
  const plan = { offerId: 'analytics', planId: 'starter' };
  await api.overrides.put.mutate({
    ...plan,
    dimension: 'reports',
    included: String(INCLUDED_REPORTS),
  });
  await api.overrides.put.mutate({ ...plan, dimension: 'api-calls', included: '0' });
  const before = await control.clock();
  await control.setClock({ offsetMs: before.offsetMs - HOURS_BACK * HOUR_MS });
  const ids: string[] = [];
  for (let bought = 0; bought < METERED; bought += 1) {
    const { subscriptionId, purchaseToken } = await control.purchase({
      ...plan,
      beneficiary: client.person('ada').email,
    });
    await fixture.worker.purchases.resolve.mutate({ purchaseToken });
    await api.subscriptions.activate.mutate({ subscriptionId });
    ledger.opened.add(subscriptionId);
    ledger.activated.add(subscriptionId);
    ids.push(subscriptionId);
  }
  for (const id of ids) await inForce(fixture, id);
  await control.setClock({ offsetMs: before.offsetMs });
  return ids;
}

/** Reports usage until the signal. Repeats unanswered calls, and sometimes answered records. */
export async function reportUsage(
  fixture: ChaosFixture,
  ledger: Ledger,
  from: { readonly ids: readonly string[]; readonly random: Random },
  signal: AbortSignal,
): Promise<void> {
  const { ids, random } = from;
  while (!signal.aborted) {
    const batch = Array.from({ length: random.whole(BATCH.min, BATCH.max) }, () => {
      const known = [...ledger.usage.values()];
      return known.length > 0 && random.chance(0.2) ? random.pick(known) : fresh(ids, random);
    });
    for (const record of batch) ledger.usage.set(record.eventId, record);
    await send(fixture, batch, signal);
    await sleep(random.whole(PAUSE_MS.min, PAUSE_MS.max), signal);
  }
}

/**
 * Sends the unanswered records until there is an answer. Afterwards, every record is known to be
 * accepted.
 */
export async function reportUnanswered(
  fixture: ChaosFixture,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const open = [...ledger.usage.values()].filter(({ isTaken }) => !isTaken);
  if (open.length > 0) await send(fixture, open, signal);
}

async function send(
  fixture: ChaosFixture,
  batch: readonly ReportedUsage[],
  signal: AbortSignal,
): Promise<void> {
  const records = batch.map(({ isTaken: _isTaken, ...record }) => record);
  const answer = await persist(() => fixture.client.api.usage.report.mutate({ records }), signal);
  for (const [index, result] of answer?.results.entries() ?? []) {
    const record = batch[index];
    if (record && result.outcome !== 'refused') record.isTaken = true;
  }
}

function fresh(ids: readonly string[], random: Random): ReportedUsage {
  const hoursAgo = random.whole(2, HOURS_BACK - 2);
  return {
    eventId: randomUUID(),
    subscriptionId: random.pick(ids),
    dimension: random.pick(dimensions),
    quantity: random.whole(1, 9),
    occurredAt: new Date(Date.now() - hoursAgo * HOUR_MS).toISOString(),
    isTaken: false,
  };
}

async function inForce(fixture: ChaosFixture, subscriptionId: string): Promise<void> {
  const deadline = Date.now() + ACTIVATION_DEADLINE_MS;
  for (;;) {
    const { status } = await fixture.client.api.subscriptions.get.query({ subscriptionId });
    if (status === 'Subscribed') return;
    if (Date.now() > deadline) throw new Error(`${subscriptionId} was not activated: ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
