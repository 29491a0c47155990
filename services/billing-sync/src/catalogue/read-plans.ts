import { randomUUID } from 'node:crypto';
import { doublingPause } from '@landfall/domain/back-off';
import { isFault, type Fault } from '@landfall/domain/fault';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import type { MarketplacePlan } from '@landfall/marketplace/plans';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';
import { inTransaction } from '@landfall/service-kit/database';
import { correlationId, withCorrelation, type Logger } from '@landfall/service-kit/log';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { NO_SUBSCRIPTION, NOT_LISTED } from '../store/catalogue.ts';
import {
  claimReading,
  listPlansOfSubscriptions,
  releaseReading,
  saveFailure,
  saveRead,
  subscriptionsToAsk,
  type DueReading,
} from '../store/catalogue-readings.ts';
import { savePlans } from '../store/catalogue-versions.ts';
import { planContent } from './plan-content.ts';
import { planChanged } from './plan-changed.ts';

/** Microsoft publishes changes of a plan within hours, and prices change less often than once a day. */
const DAILY_MS = 24 * 60 * 60 * 1000;

/** The first pause after a failure. Microsoft's short outages are over by then. */
const FIRST_PAUSE_MS = 60 * 1000;

/** The longest one. Usage may wait for the plan, and Microsoft takes usage for only a day. */
const LONGEST_PAUSE_MS = 60 * 60 * 1000;

/** Subscriptions that are asked about a plan, in case Microsoft refuses to answer about the first ones. */
const MAX_ASKED = 3;

/** Time for one call with its repeats. */
const CALL_TIMEOUT_MS = 20 * 1000;

/** Longer than two calls for each asked subscription. After a crash, another process continues when it ends. */
const LEASE_MS = 3 * 60 * 1000;

interface ReadingDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface CatalogueOptions extends ReadingDeps {
  readonly publishers: Publishers;
  readonly everyMs: number;
}

/**
 * Reads plans from Microsoft when they are due: once a day, and at once when a subscription has a plan that is not
 * listed. So the plans of private offers appear with their purchase. Each publisher has its own loop, with one call at a
 * time for all processes. What is due is in the database; only the pause after an outage is kept in memory.
 */
export function startCatalogue(options: CatalogueOptions): AsyncDisposable {
  const loops = options.publishers.all.map((publisher) => startReadings(options, publisher));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(loops.map((loop) => loop[Symbol.asyncDispose]()));
    },
  };
}

function startReadings(options: CatalogueOptions, publisher: Publisher): Loop {
  const { db, now, everyMs, publishers, log } = options;
  const publisherId = publishers.isSole ? undefined : publisher.publisherId;
  let pausedUntil = 0;
  let isListed = false;
  return startLoop({
    name: 'catalogue',
    everyMs,
    log: publisherId === undefined ? log : log.child({ publisherId }),
    run: async (signal) => {
      if (!isListed) await listPlansOfSubscriptions(db.kysely, { publisherId }, now());
      isListed = true;
      while (!signal.aborted && now().getTime() >= pausedUntil) {
        const claim = { publisherId, now: now(), leaseMs: LEASE_MS };
        const due = await inTransaction(db, (trx) => claimReading(trx, claim));
        if (!due) return;
        const pauseMs = await withCorrelation(randomUUID(), () =>
          readPlan(options, publisher.fulfillment, { due, signal }),
        );
        if (pauseMs !== undefined) pausedUntil = now().getTime() + pauseMs;
      }
    },
  });
}

interface Run {
  readonly due: DueReading;
  readonly signal: AbortSignal;
}

/** Returns how long Microsoft should not be called, after a failure that is not about this plan. */
async function readPlan(
  deps: ReadingDeps,
  fulfillment: Pick<Fulfillment, 'listAvailablePlans'>,
  run: Run,
): Promise<number | undefined> {
  const { due } = run;
  let problem: string = NO_SUBSCRIPTION;
  const asked = await subscriptionsToAsk(deps.db.kysely, due, MAX_ASKED);
  for (const subscriptionId of asked) {
    try {
      const isFound = await readFrom(deps, fulfillment, { ...run, subscriptionId });
      if (isFound) return undefined;
      problem = NOT_LISTED;
    } catch (error) {
      if (!isFault(error)) throw error;
      if (run.signal.aborted) {
        await releaseReading(deps.db.kysely, due);
        return undefined;
      }
      problem = error.code;
      if (!isAboutSubscription(error)) {
        const pauseMs = await saveProblem(deps, due, problem);
        return Math.max(error.retryAfterMs ?? 0, Math.min(pauseMs, FIRST_PAUSE_MS));
      }
    }
  }
  await saveProblem(deps, due, problem);
  return undefined;
}

/** Microsoft refuses to answer for this subscription, but may answer for another one. */
function isAboutSubscription({ code }: Fault): boolean {
  return code === 'marketplace.not-authorized' || code === 'marketplace.not-found';
}

/**
 * Asks about one subscription, and keeps every plan of the answer. Without a plan id, Microsoft lists all plans; if the
 * wanted one is missing, it is asked for by its id. False: it is in neither answer.
 */
async function readFrom(
  deps: ReadingDeps,
  fulfillment: Pick<Fulfillment, 'listAvailablePlans'>,
  run: Run & { readonly subscriptionId: string },
): Promise<boolean> {
  const { due, signal, subscriptionId } = run;
  for (const planId of [undefined, due.planId]) {
    const plans = await fulfillment.listAvailablePlans(subscriptionId, planId, {
      correlationId: correlationId(),
      timeoutMs: CALL_TIMEOUT_MS,
      priority: 'background',
      signal,
    });
    if (await keepPlans(deps, due, plans)) return true;
  }
  return false;
}

async function keepPlans(
  { db, log, now }: ReadingDeps,
  due: DueReading,
  answer: readonly MarketplacePlan[],
): Promise<boolean> {
  const at = now();
  const plans = answer.flatMap((plan) => {
    const content = planContent(plan);
    return content ? [{ planId: plan.planId, market: plan.market ?? '', content }] : [];
  });
  if (plans.length === 0) return false;
  const { publisherId, offerId } = due;
  const offer = { publisherId, offerId };
  const planIds = plans.map(({ planId }) => planId);
  const changed = await inTransaction(db, async (trx) => {
    const ids = await savePlans(trx, offer, { plans, now: at });
    const nextAt = new Date(at.getTime() + DAILY_MS);
    await saveRead(trx, { ...offer, planIds }, { now: at, nextAt });
    for (const planId of ids.toSorted()) await planChanged(trx, { ...offer, planId }, at);
    return ids;
  });
  if (changed.length > 0) {
    log.info({ ...offer, planIds: changed }, 'read new versions of plans');
  }
  const isFound = planIds.includes(due.planId);
  if (isFound && due.problem !== null) {
    log.info({ ...offer, planId: due.planId }, 'read a plan after failures');
  }
  return isFound;
}

/** Returns the pause until the next attempt. */
async function saveProblem(
  { db, log, now }: ReadingDeps,
  due: DueReading,
  problem: string,
): Promise<number> {
  const { publisherId, offerId, planId } = due;
  const at = now();
  // A plan without live subscriptions gets no usage. It stays as it was last read.
  const isUnused = problem === NO_SUBSCRIPTION;
  const attempts = isUnused ? 0 : due.attempts + 1;
  const pauses = { firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS };
  const pauseMs = isUnused ? DAILY_MS : doublingPause(attempts, pauses);
  await saveFailure(db.kysely, due, {
    problem: isUnused && due.readAt ? null : problem,
    attempts,
    failingSince: isUnused ? null : at,
    nextAt: new Date(at.getTime() + pauseMs),
  });
  if (problem !== due.problem && !isUnused) {
    log.warn(
      { publisherId, offerId, planId, code: problem },
      'could not read a plan; trying again',
    );
  }
  return pauseMs;
}
