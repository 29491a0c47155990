import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import type { DecisionPolicy } from '@landfall/contracts/policy';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { policyFlaw, type FoundFlaw } from '@landfall/domain/policy-flaws';
import { findDestination, type DestinationRow } from '../store/destinations.ts';
import { unknownOffers } from '../store/known-offers.ts';
import { readPolicy, writePolicy } from '../store/policy.ts';
import type { ProcedureDeps } from './deps.ts';

/**
 * The general policy, and the publishers' own, which replace it. Policies are read for each decision, so that
 * a new one is in force at once in every process.
 */
export function policyProcedures(
  deps: Pick<ProcedureDeps, 'db' | 'now'>,
): Pick<Handlers<FulfillmentProcedures>['policies'], 'get' | 'put'> {
  const db = deps.db.kysely;
  return {
    get: async ({ publisherId }) => await readPolicy(db, publisherId),
    put: async ({ publisherId, ...policy }, { caller }) => {
      const found = policyFlaw(policy);
      if (found) return new Rejection('policy.invalid', messageOf(found));
      if (publisherId !== undefined && namesAnother(policy, publisherId)) {
        const message = "A publisher's rules and plans may name only this publisher.";
        return new Rejection('policy.invalid', message);
      }
      const isLimited = publisherOfCaller(caller) !== undefined;
      const asked = policy.ask && (await findDestination(db, policy.ask.destinationId));
      if (policy.ask && !(asked && mayAsk(asked, publisherId, isLimited))) {
        const message = 'No destination has the id that "ask" names.';
        return new Rejection('policy.invalid', message);
      }
      await writePolicy(db, publisherId, { policy, at: deps.now() });
      const warnings = await unknownOffers(db, { publisherId, offers: namedOffers(policy) });
      return { ...policy, ...(warnings.length > 0 && { warnings }) };
    },
  };
}

/** All offers and plans in a policy. */
function namedOffers({ rules, plans }: DecisionPolicy) {
  const ofRules = rules.map(({ offerId, when }) => ({
    offerId,
    planIds:
      when.action === 'ChangePlan'
        ? [...(when.fromPlanIds ?? []), ...(when.toPlanIds ?? [])]
        : (when.planIds ?? []),
  }));
  return [...ofRules, ...plans];
}

function namesAnother({ rules, plans }: DecisionPolicy, publisherId: string): boolean {
  return [...rules, ...plans].some(
    (of) => of.publisherId !== undefined && of.publisherId !== publisherId,
  );
}

/**
 * A publisher's destination answers only for that publisher; a destination for all publishers may answer for
 * any.
 */
function mayAsk(
  { publisherId: owner }: DestinationRow,
  publisherId: string | undefined,
  isLimited: boolean,
): boolean {
  return owner === null ? !isLimited : owner === publisherId;
}

function messageOf({ flaw, about }: FoundFlaw): string {
  switch (flaw) {
    case 'rule-id-repeated':
      return `Each rule needs its own id; "${about}" appears twice.`;
    case 'rule-never-fits':
      return `The rule "${about}" can never match: a plan that is not sold is no downgrade.`;
    case 'rule-always-fits':
      return `The rule "${about}" matches every number of seats. Set "below" to at most "above".`;
    case 'plans-missing':
      return `The rule "${about}" needs the offer's plans. List them in "plans", lowest first.`;
    case 'plans-repeated':
      return `List each offer, and each plan of it, once; see "${about}".`;
    case 'ask-missing':
      return `The rule "${about}" asks the product, but no destination is named. Set "ask".`;
    default:
      return flaw satisfies never;
  }
}
