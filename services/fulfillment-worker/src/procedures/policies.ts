import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { callerId } from '@landfall/contracts/caller';
import type { DecisionPolicy } from '@landfall/contracts/policy';
import { publisherOfCaller } from '@landfall/contracts/ownership';
import { Rejection } from '@landfall/contracts/rejections';
import { policyFlaw } from '@landfall/domain/policy-flaws';
import { inTransaction } from '@landfall/service-kit/database';
import { cutPage, invalidCursor } from '@landfall/service-kit/paging';
import { findDestination, type DestinationRow } from '../store/destinations.ts';
import { unknownOffers } from '../store/known-offers.ts';
import { readPolicy, readPolicyVersions, writePolicy } from '../store/policy.ts';
import type { ProcedureDeps } from './deps.ts';
import { flawInWords } from './policy-flaw-words.ts';
import { testPolicyProcedure } from './test-policy.ts';

/**
 * The general policy, and the publishers' own, which replace it. Policies are read for each decision, so that
 * a new one is in force at once in every process.
 */
export function policyProcedures(
  deps: Pick<ProcedureDeps, 'db' | 'now'>,
): Omit<Handlers<FulfillmentProcedures>['policies'], 'report'> {
  const db = deps.db.kysely;
  return {
    get: async ({ publisherId }) => await readPolicy(db, publisherId),
    test: testPolicyProcedure(deps),
    history: async ({ publisherId, cursor, limit }) => {
      if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) return invalidCursor();
      const page = { after: cursor, limit: limit + 1 };
      const versions = await readPolicyVersions(db, publisherId, page);
      const { rows, nextCursor } = cutPage(versions, limit, ({ version }) => version);
      const items = rows.map(({ version, savedAt, author, policy }) => ({
        version,
        savedAt: savedAt.toISOString(),
        author: author ?? undefined,
        policy,
      }));
      return { items, nextCursor };
    },
    put: async ({ publisherId, ...policy }, { caller }) => {
      const found = policyFlaw(policy);
      if (found) return new Rejection('policy.invalid', flawInWords(found));
      if (publisherId !== undefined && namesAnother(policy, publisherId)) {
        const message = "A publisher's rules and plans may name only this publisher.";
        return new Rejection('policy.invalid', message);
      }
      const isLimited = publisherOfCaller(caller) !== undefined;
      const asked = policy.ask && (await findDestination(db, policy.ask.destinationId));
      if (asked && asked.channel !== 'product') {
        const message = 'Only a destination of the channel "product" can decide on changes.';
        return new Rejection('policy.invalid', message);
      }
      if (policy.ask && !(asked && mayAsk(asked, publisherId, isLimited))) {
        const message = 'No destination has the id that "ask" names.';
        return new Rejection('policy.invalid', message);
      }
      const written = { policy, at: deps.now(), author: callerId(caller) };
      await inTransaction(deps.db, (trx) => writePolicy(trx, publisherId, written));
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
