import type { z } from 'zod';
import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { planView } from '@landfall/contracts/plan-view';
import type { Handlers } from '@landfall/contracts/procedures';
import { isFault } from '@landfall/domain/fault';
import { planRefusal, seatRulings } from '@landfall/domain/permitted-changes';
import type { MarketplacePlan } from '@landfall/marketplace/plans';
import { refusalCode } from '../marketplace-refusal.ts';
import { publisherOfSubscription } from '../publishers.ts';
import { readPolicy } from '../store/policy.ts';
import { findSubscription } from '../store/subscriptions.ts';
import type { ProcedureDeps } from './deps.ts';
import { createPlanMemory } from './plan-memory.ts';
import { unknownSubscription } from './read.ts';

type AvailablePlans = Handlers<FulfillmentProcedures>['subscriptions']['availablePlans'];

/** A person waits for the page. */
const TIMEOUT_MS = 8_000;

/**
 * Plans as Microsoft lists them, at most a few seconds old. The request has no plan id, because that would limit
 * the list to this plan. Stop-sell plans are left out. The current plan is always included, even though Microsoft
 * sometimes leaves it out; for an ended subscription it is the only one. Plans that the publisher's rules refuse
 * are marked, so that customers do not try them.
 */
export function availablePlansProcedure(
  deps: Pick<ProcedureDeps, 'db' | 'publishers'>,
): AvailablePlans {
  const remember = createPlanMemory<readonly [readonly MarketplacePlan[], string[] | undefined]>();
  return async ({ subscriptionId }, { correlationId }) => {
    const id = subscriptionId.toLowerCase();
    const record = await findSubscription(deps.db.kysely, id);
    if (!record) return unknownSubscription();
    const { planId, quantity, sourceOffers: seenOffers } = record.state;
    const { fulfillment } = await publisherOfSubscription(deps, id);
    // Without the first caller's signal, because others wait for the same answer.
    const call = { correlationId, timeoutMs: TIMEOUT_MS, priority: 'page' } as const;
    // The key includes the current plan, because the lists depend on it and must not be older than a change.
    const [listed, sourceOffers] = await remember(`${id} ${planId}`, () =>
      Promise.all([
        listedOrNone(fulfillment.listAvailablePlans(id, undefined, call)),
        seenOffers?.length
          ? [...seenOffers]
          : sourceOffersOf(fulfillment.listAvailablePlans(id, planId, call), planId),
      ]),
    );
    const offered = listed.filter((plan) => !plan.isStopSell || plan.planId === planId);
    const policy = await readPolicy(deps.db.kysely, record.state.publisherId);
    const plans = offered.map((plan) =>
      viewOf(plan, planRefusal(policy, record.state, plan.planId)),
    );
    if (!plans.some((plan) => plan.planId === planId)) {
      plans.unshift({
        planId,
        displayName: planId,
        isPrivate: false,
        isPricePerSeat: quantity !== null,
        hasFreeTrials: false,
      });
    }
    const own = plans.find((plan) => plan.planId === planId);
    if (own) own.sourceOffers = sourceOffers;
    const seats = quantity === null ? undefined : seatRulings(policy, record.state);
    return { plans, seats };
  };
}

/**
 * Microsoft names private offers only in an answer about the current plan. Undefined if it does not answer:
 * the plans are useful without it.
 */
async function sourceOffersOf(
  answer: Promise<readonly MarketplacePlan[]>,
  planId: string,
): Promise<string[] | undefined> {
  try {
    const own = (await answer).find((plan) => plan.planId === planId);
    return own && [...own.sourceOffers];
  } catch (error: unknown) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}

/** Microsoft refuses the list of an ended or foreign subscription: there is no plan to change to. */
async function listedOrNone(
  answer: Promise<readonly MarketplacePlan[]>,
): Promise<readonly MarketplacePlan[]> {
  try {
    return await answer;
  } catch (error: unknown) {
    if (refusalCode(error) === undefined) throw error;
    return [];
  }
}

type PlanView = z.input<typeof planView>;

function viewOf(plan: MarketplacePlan, refusal: PlanView['refusal']): PlanView {
  const { planId, displayName, description, minQuantity, maxQuantity } = plan;
  const { isPrivate, isPricePerSeat, hasFreeTrials } = plan;
  return {
    planId,
    displayName: displayName ?? planId,
    description,
    isPrivate,
    isPricePerSeat,
    minQuantity,
    maxQuantity,
    hasFreeTrials,
    refusal,
    terms: plan.billingTerms.flatMap(({ termUnit, price, currency }) =>
      termUnit !== undefined && price !== undefined && currency !== undefined
        ? [{ termUnit, price: Number(price), currency }]
        : [],
    ),
    dimensions: plan.dimensions.map(({ id, displayName: name, unitOfMeasure }) => ({
      id,
      displayName: name,
      unitOfMeasure,
    })),
  };
}
