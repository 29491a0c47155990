import type { Verdict } from '../intake/judge-records.ts';
import { nextOccurrence } from '@landfall/domain/recurrence';
import { USAGE_WINDOW_MS } from '@landfall/domain/usage';
import { inTransaction } from '@landfall/service-kit/database';
import { takeRecords, type IntakeDeps } from '../intake/take-records.ts';
import {
  claimCharges,
  dueRuns,
  moveOn,
  saveRuns,
  type ChargeRow,
  type DueRun,
  type FinishedRun,
} from '../store/due-charges.ts';
import { scheduleOf } from './schedule.ts';

/** Charges claimed, and records reported, in one step. A step holds its claims for about half a second. */
const STEP_SIZE = 500;

/** Pause between two checks for new terms, which can begin at any time. Short compared with Microsoft's window of a day. */
const TERM_LOOK_MS = 60 * 1000;

/** How long after `until` a term that began before it may still appear. After that, Microsoft would not accept its usage. */
const TERM_LATE_MS = USAGE_WINDOW_MS;

/**
 * Reports a batch of quantities that are due, and advances their schedules. Usage is taken in a transaction of its own,
 * under an event id that is computed from the charge, the due time and the subscription. So after a crash in between, the
 * same records are repeated and not counted again. Returns false if nothing was due.
 */
export async function reportDue(deps: IntakeDeps): Promise<boolean> {
  const { db } = deps;
  const now = deps.now();
  return await inTransaction(db, async (trx) => {
    const claimed = await claimCharges(trx, now, STEP_SIZE);
    if (claimed.length === 0) return false;
    const found = await dueRuns(trx, claimed, { now, limit: STEP_SIZE + 1 });
    const due = found.slice(0, STEP_SIZE);
    await saveRuns(trx, await report(deps, claimed, { due, now }), now);

    // The charge of the first run that did not fit, and all charges after it, continue in the next step.
    const rest = found[STEP_SIZE];
    const end = rest ? claimed.findIndex(({ id }) => id === rest.chargeId) : claimed.length;
    await moveOn(
      trx,
      claimed.slice(0, end).map((charge) => {
        const handledAt = (charge.every === 'term' ? undefined : charge.nextAt) ?? now;
        return { id: charge.id, handledAt, nextAt: nextOf(charge, now) };
      }),
    );
    return true;
  });
}

function nextOf(charge: ChargeRow, now: Date): Date | undefined {
  const schedule = scheduleOf(charge);
  if (schedule) return nextOccurrence(schedule, charge.nextAt ?? now);
  const isOver = charge.untilAt && now.getTime() > charge.untilAt.getTime() + TERM_LATE_MS;
  return isOver ? undefined : new Date(now.getTime() + TERM_LOOK_MS);
}

async function report(
  deps: IntakeDeps,
  claimed: readonly ChargeRow[],
  { due, now }: { readonly due: readonly DueRun[]; readonly now: Date },
): Promise<FinishedRun[]> {
  const charges = new Map(claimed.map((charge) => [charge.id, charge]));
  const unreported = due.map((run) => withoutReport(run, now));
  const reported = due.filter((_run, index) => unreported[index] === undefined);
  const records = reported.flatMap((run) => recordOf(run, charges.get(run.chargeId)) ?? []);
  const verdicts =
    records.length > 0 ? await takeRecords({ ...deps, now: () => now }, { records }) : [];
  const finished = reported.map((run, index) => finish(run, outcomeOf(verdicts[index])));
  return [...unreported.flatMap((run) => run ?? []), ...finished];
}

function recordOf(run: DueRun, charge: ChargeRow | undefined) {
  if (!charge) return undefined;
  const { chargeId, subscriptionId, dueAt, usedAt } = run;
  return {
    eventId: `recurring:${chargeId}:${dueAt.toISOString()}:${subscriptionId}`,
    subscriptionId,
    dimension: charge.dimension,
    quantity: charge.quantity,
    occurredAt: usedAt.toISOString(),
  };
}

type Outcome = Pick<FinishedRun, 'outcome' | 'reason'>;

const MISSED: Outcome = {
  outcome: 'missed',
  reason:
    'Landfall was not running when this was due, and Microsoft accepts usage for 24 hours only.',
};

/** The outcome of a run that reports nothing, because the subscription was not active or the usage is too old to be accepted. */
function withoutReport(run: DueRun, now: Date): FinishedRun | undefined {
  if (run.status !== 'Subscribed') return finish(run, { outcome: 'skipped', reason: idle(run) });
  const isLate = now.getTime() - run.usedAt.getTime() > USAGE_WINDOW_MS;
  return isLate ? finish(run, MISSED) : undefined;
}

function idle({ status }: DueRun): string {
  if (status === 'Suspended') return 'The subscription was suspended.';
  return status === 'Unsubscribed'
    ? 'The subscription had ended.'
    : 'The subscription had not started.';
}

function outcomeOf(verdict: Verdict | undefined): Outcome {
  const { outcome, refusal, message: reason = null } = verdict ?? {};
  if (outcome !== 'refused') return { outcome: 'taken', reason: null };
  switch (refusal) {
    // It was counted before a crash, with an earlier quantity or time. No other record has such an id.
    case 'event-id-reused':
      return { outcome: 'taken', reason: null };
    case 'not-active-then':
      return { outcome: 'skipped', reason };
    default:
      return { outcome: 'refused', reason };
  }
}

function finish({ chargeId, subscriptionId, dueAt }: DueRun, outcome: Outcome): FinishedRun {
  return { chargeId, subscriptionId, dueAt, ...outcome };
}
