import { ControlError } from '@landfall/emulator/control-client';
import pg from 'pg';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';
import { seeTerm } from './metered.ts';
import { sleep } from './patience.ts';
import type { Random } from './random.ts';
import { customerPlan, publisherPlan, reinstate, renew, suspend, type Step } from './steps.ts';

const PAUSE_MS = { min: 1_500, max: 5_000 };
/** The plan is read again, and Microsoft's report: both meet faults and kills that once a day would not. */
const READING_PAUSE_MS = { min: 4_000, max: 12_000 };

/** Suspends, reinstates and renews metered subscriptions, and changes their plans, until the signal. */
export async function changeMetered(
  fixture: ChaosFixture,
  ledger: Ledger,
  from: { readonly ids: readonly string[]; readonly random: Random },
  signal: AbortSignal,
): Promise<void> {
  const { ids, random } = from;
  const { control } = fixture.client;
  while (!signal.aborted) {
    await sleep(random.whole(PAUSE_MS.min, PAUSE_MS.max), signal);
    if (signal.aborted) return;
    const subscriptionId = random.pick(ids);
    const seen = await control.subscription(subscriptionId);
    const step = random.weighted(steps(ledger, subscriptionId, seen.status));
    try {
      await step.take({ fixture, ledger, random, signal, subscriptionId }, seen);
      ledger.count(`metered: ${step.name}`);
    } catch (error: unknown) {
      if (!(error instanceof ControlError)) throw error;
      ledger.count('metered: not allowed by the marketplace');
    }
    await seeTerm(fixture, ledger, subscriptionId);
  }
}

/** Starter and Growth can replace each other; only Growth has a yearly term. */
function steps(
  ledger: Ledger,
  subscriptionId: string,
  status: string,
): (readonly [Step, number])[] {
  if (status === 'Suspended') return [[reinstate, 1]];
  const { planId, termUnit } = ledger.metered.get(subscriptionId) ?? {};
  const isChangeable = planId !== 'scale' && termUnit === 'P1M';
  return [
    [suspend, 2],
    [renew, 1],
    ...(isChangeable
      ? ([
          [customerPlan, 2],
          [publisherPlan, 2],
        ] as const)
      : []),
  ];
}

/** Has the catalogue and Microsoft's usage report read again and again, until the signal. */
export async function readAgain(
  fixture: ChaosFixture,
  ledger: Ledger,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(random.whole(READING_PAUSE_MS.min, READING_PAUSE_MS.max), signal);
    if (signal.aborted) return;
    const { refresh } = fixture.client.api.catalogue;
    const isQueued = await refresh.mutate({ offerId: 'analytics' }).then(yes, no);
    if (isQueued) ledger.count('readings of the catalogue');
    if (await makeReportDue(fixture).then(yes, no)) ledger.count("readings of Microsoft's report");
  }
}

/** As if a day had passed since the last reading. PostgreSQL may be away. */
async function makeReportDue({ databaseUrl }: ChaosFixture): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', no);
  try {
    await client.connect();
    await client.query('update billing.read_back_runs set next_at = now()');
  } finally {
    await client.end().catch(no);
  }
}

const yes = () => true;
const no = () => false;
