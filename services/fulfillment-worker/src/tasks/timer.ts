import { z } from 'zod';
import { decide } from '@landfall/domain/decide';
import type { SubscriptionEvent } from '@landfall/domain/events';
import type { Subscription } from '@landfall/domain/subscription';
import { eventsOfTimer, needsReading, nextLook, type Timer } from '@landfall/domain/timers';
import { isFault } from '@landfall/domain/fault';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import type { Logger } from '@landfall/service-kit/log';
import type { Db, Trx } from '../db/schema.ts';
import { DONE } from '../lanes/task.ts';
import { refusalCode } from '../marketplace-refusal.ts';
import { recordEvents } from '../record-events.ts';
import { erasePersonalData } from '../store/erasure.ts';
import { findSubscription, lockSubscription } from '../store/subscriptions.ts';
import { saveRecord } from '../store/save-record.ts';
import { endTimer, findTimer, hasLaterDue } from '../store/timers.ts';
import type { Context } from '../store/timeline.ts';
import type { Observe, RunTask, TaskRun } from './task-run.ts';

export const timerPayload = z.object({ timerId: z.string() });

/** Failure of a provisioning that the product did not confirm in time. */
const PRODUCT_SILENT = 'product-silent';

interface TimerDeps {
  readonly db: Db;
  readonly fulfillment: Pick<Fulfillment, 'listAvailablePlans'>;
  readonly observe: Observe;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Handles a due timer. If the timer depends on Microsoft, its record is read first. The timer's row is
 * deleted in the transaction that records the effect, so that it has one effect.
 */
export function timerTask(deps: TimerDeps): RunTask {
  const { observe, log, now } = deps;
  const db = deps.db.kysely;
  return async (run) => {
    const { task, context, write } = run;
    const { subscriptionId } = task;
    const { timerId } = timerPayload.parse(task.payload);
    const timer = await findTimer(db, timerId);
    if (!timer) return DONE;
    const isOvertaken = await hasLaterDue(db, subscriptionId, { ...timer, now: now() });
    if (!isOvertaken && needsReading(timer.kind)) {
      await observe(run, { call: { priority: 'background' } });
    }
    const sourceOffers =
      timer.kind === 'sourceOffers' ? await readSourceOffers(deps, run) : undefined;
    await write(async (trx) => {
      const before = await lockSubscription(trx, subscriptionId);
      if (!before || !(await endTimer(trx, timerId)) || isOvertaken) return;
      const at = now();
      const events = whatItSays(before.state, timer, { at, sourceOffers });
      await recordEvents(trx, { before, events, at }, context);
      if (timer.kind === 'erasure') await erasePersonalData(trx, subscriptionId);
      await lookAgain(log, trx, { state: before.state, timer, at }, context);
    });
    return DONE;
  };
}

function whatItSays(
  state: Subscription,
  timer: Timer,
  now: { readonly at: Date; readonly sourceOffers: readonly string[] | undefined },
): readonly SubscriptionEvent[] {
  if (timer.kind === 'provisioningEnd') {
    const decision = decide(state, { type: 'failProvisioning', failure: PRODUCT_SILENT }, now.at);
    return 'events' in decision ? decision.events : [];
  }
  const { sourceOffers } = now;
  if (sourceOffers === undefined) return eventsOfTimer(state, timer);
  const known = state.sourceOffers?.toSorted().join() ?? '';
  return known === sourceOffers.toSorted().join()
    ? []
    : [{ type: 'sourceOffersSeen', sourceOffers }];
}

/** Microsoft should have ended the subscription by now and has not: it is read again tomorrow. */
async function lookAgain(
  log: Logger,
  trx: Trx,
  late: { readonly state: Subscription; readonly timer: Timer; readonly at: Date },
  { correlationId }: Context,
): Promise<void> {
  const { state, timer, at } = late;
  const next = nextLook(state, timer, at);
  if (!next) return;
  const about = { subscriptionId: state.id, status: state.status, look: next.step };
  log.warn(about, 'Microsoft has not ended a subscription that should have ended');
  const timers = { cancelled: [], set: [next], correlationId };
  await saveRecord(trx, { at, subscriptionId: state.id, timers });
}

/** Undefined if Microsoft lists no plans, as for an ended subscription. */
async function readSourceOffers(
  { db, fulfillment, observe }: Pick<TimerDeps, 'db' | 'fulfillment' | 'observe'>,
  run: TaskRun,
): Promise<readonly string[] | undefined> {
  const { subscriptionId, correlationId } = run.task;
  const known = await findSubscription(db.kysely, subscriptionId);
  if (!known || known.state.status === 'Unsubscribed') return undefined;
  const { planId } = known.state;
  const call = { correlationId, priority: 'background' } as const;
  try {
    const plans = await fulfillment.listAvailablePlans(subscriptionId, planId, call);
    return plans.find((plan) => plan.planId === planId)?.sourceOffers;
  } catch (error: unknown) {
    // Microsoft forbids the list of plans of an ended subscription. If the record can still be read, access
    // is not lost.
    if (isFault(error) && error.code === 'marketplace.not-authorized') {
      await observe(run, { call });
    } else if (refusalCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}
