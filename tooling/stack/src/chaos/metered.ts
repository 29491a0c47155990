import { until } from '@landfall/servers/wait';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger, MeterWithTiers } from './ledger.ts';

const HOUR_MS = 60 * 60 * 1000;
/** Microsoft accepts usage of the last day; the rest is a margin for the run itself. */
const HOURS_BACK = 20;
const ACTIVATION_DEADLINE_MS = 60_000;

/** A metered subscription to buy. */
export interface MeteredOrder {
  readonly planId: 'starter' | 'growth' | 'scale';
  readonly termUnit: 'P1M' | 'P1Y';
  /** Bought a month ago, so that its second term began at midnight of today. */
  readonly isRenewed?: boolean;
}

export const orders: readonly MeteredOrder[] = [
  { planId: 'growth', termUnit: 'P1M', isRenewed: true },
  { planId: 'starter', termUnit: 'P1M' },
  { planId: 'growth', termUnit: 'P1M' },
  { planId: 'growth', termUnit: 'P1Y' },
  { planId: 'scale', termUnit: 'P1M' },
];

/** The first units of a term are free, and each tier is a dimension of its own. */
const calls: MeterWithTiers = {
  offerId: 'analytics',
  planId: 'scale',
  meter: 'calls',
  tiers: [
    { from: '5', dimension: 'api-calls' },
    { from: '40.5', dimension: 'api-calls-tier1' },
    { from: '120', dimension: 'api-calls-tier2' },
  ],
};

/** The dimensions and meters of a plan, each with a quantity of which some ten exceed what is included. */
export function metersOf(planId: string, termUnit: string): Readonly<Record<string, number>> {
  if (planId === 'scale') return { [calls.meter]: 4, reports: 50, 'api-calls': 2 };
  if (planId === 'starter') return { reports: 5, 'api-calls': 1 };
  return termUnit === 'P1Y' ? { reports: 600, 'api-calls': 60 } : { reports: 50, 'api-calls': 5 };
}

/**
 * Buys subscriptions that have been active for most of a day, so that there are past hours to
 * report. Meanwhile the clock of the whole system is set back. Runs before anything is killed.
 */
export async function buyMetered(
  fixture: ChaosFixture,
  ledger: Ledger,
  wanted: readonly MeteredOrder[] = orders,
): Promise<string[]> {
  const { api, control } = fixture.client;
  if (wanted.some(({ planId }) => planId === calls.planId)) {
    await api.meters.put.mutate({ ...calls, tiers: [...calls.tiers] });
    ledger.meters.push(calls);
  }
  const { now, offsetMs } = await control.clock();
  const back = (ms: number) => control.setClock({ offsetMs: offsetMs - ms });
  const ids: string[] = [];
  const renewed = wanted.filter(({ isRenewed }) => isRenewed);
  if (renewed.length > 0) await back(Date.parse(now) - noonOfLastMonth(now).getTime());
  for (const order of renewed) ids.push(await buy(fixture, ledger, order));
  for (const id of ids) await begun(fixture, ledger, id);
  await back(HOURS_BACK * HOUR_MS);
  for (const order of wanted.filter(({ isRenewed }) => !isRenewed)) {
    ids.push(await buy(fixture, ledger, order));
  }
  for (const id of ids) await begun(fixture, ledger, id);
  await control.setClock({ offsetMs });
  for (const id of ids) await sameTerm(fixture, ledger, id);
  return ids;
}

async function buy(
  fixture: ChaosFixture,
  ledger: Ledger,
  { planId, termUnit }: MeteredOrder,
): Promise<string> {
  const { client } = fixture;
  const plan = { offerId: 'analytics', planId };
  const { subscriptionId, purchaseToken } = await client.control.purchase({
    ...plan,
    termUnit,
    beneficiary: client.person('ada').email,
  });
  await fixture.worker.purchases.resolve.mutate({ purchaseToken });
  await client.api.subscriptions.activate.mutate({ subscriptionId });
  ledger.opened.add(subscriptionId);
  ledger.activated.add(subscriptionId);
  ledger.metered.set(subscriptionId, { ...plan, termUnit, termStarts: new Set() });
  return subscriptionId;
}

/** Waits until the first term has begun on both sides. */
async function begun(fixture: ChaosFixture, ledger: Ledger, subscriptionId: string): Promise<void> {
  await until(
    `${subscriptionId} is active`,
    async () => {
      const { status } = await fixture.client.api.subscriptions.get.query({ subscriptionId });
      return status === 'Subscribed';
    },
    { timeoutMs: ACTIVATION_DEADLINE_MS },
  );
  await seeTerm(fixture, ledger, subscriptionId);
}

/** Notes the term that Microsoft shows now. */
export async function seeTerm(
  { client }: ChaosFixture,
  ledger: Ledger,
  subscriptionId: string,
): Promise<string> {
  const { termStart } = await client.control.subscription(subscriptionId);
  if (termStart === null) throw new Error(`${subscriptionId} has no term`);
  ledger.metered.get(subscriptionId)?.termStarts.add(termStart);
  return termStart;
}

/** Waits until Landfall has the term that Microsoft has. */
async function sameTerm(
  fixture: ChaosFixture,
  ledger: Ledger,
  subscriptionId: string,
): Promise<void> {
  const theirs = await seeTerm(fixture, ledger, subscriptionId);
  await until(`${subscriptionId} is in its term`, async () => {
    const { term } = await fixture.client.api.subscriptions.get.query({ subscriptionId });
    return term.startDate !== undefined && Date.parse(term.startDate) === Date.parse(theirs);
  });
}

/** A term that begins then ends today at midnight, or at the end of a shorter month. */
function noonOfLastMonth(now: string): Date {
  const today = new Date(now);
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1, Math.min(today.getUTCDate(), lastDay), 12));
}
