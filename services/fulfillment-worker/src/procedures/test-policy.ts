import type { FulfillmentProcedures } from '@landfall/contracts/fulfillment-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import {
  decideChange,
  isRevert,
  passedOver,
  type RequestedChange,
  type Ruling,
  type Unmet,
} from '@landfall/domain/policy';
import { policyFlaw } from '@landfall/domain/policy-flaws';
import type { Subscription } from '@landfall/domain/subscription';
import { readPolicy } from '../store/policy.ts';
import { findSubscription } from '../store/subscriptions.ts';
import type { ProcedureDeps } from './deps.ts';
import { flawInWords } from './policy-flaw-words.ts';
import { unknownSubscription } from './read.ts';

type Test = Handlers<FulfillmentProcedures>['policies']['test'];
type Tested = Pick<Subscription, 'offerId' | 'planId' | 'quantity'> & {
  readonly publisherId: string | undefined;
};

/** Says what the rules would decide, with the code that decides in production. Nothing is stored and no one is asked. */
export function testPolicyProcedure({ db }: Pick<ProcedureDeps, 'db'>): Test {
  return async ({ publisherId, policy: draft, subscriptionId, subscription = {}, change }) => {
    const known =
      subscriptionId === undefined
        ? undefined
        : await findSubscription(db.kysely, subscriptionId.toLowerCase());
    const isForeign = publisherId !== undefined && known?.state.publisherId !== publisherId;
    if (subscriptionId !== undefined && (!known || isForeign)) return unknownSubscription();
    const tested = {
      publisherId: known?.state.publisherId ?? publisherId,
      offerId: subscription.offerId ?? known?.state.offerId,
      planId: subscription.planId ?? known?.state.planId,
      quantity: subscription.quantity ?? known?.state.quantity ?? null,
    };
    if (!isComplete(tested)) {
      const message = 'Name a subscription, or the offer and the plan to test with.';
      return new Rejection('policy.invalid', message);
    }
    const policy = draft ?? (await readPolicy(db.kysely, tested.publisherId));
    const flaw = draft && policyFlaw(draft);
    // Rules that name a publisher do not match a test without one, as in production.
    const judged = { ...tested, publisherId: tested.publisherId ?? '' };
    const ruling = decideChange(policy, judged, change);
    const isDecidedByRules = ruling.ruleId !== undefined || ruling.answer === 'accept';
    const passed =
      isDecidedByRules && !isRevert(judged, change) ? passedOver(policy, judged, change) : [];
    return {
      ...said(ruling),
      onSilence: ruling.answer === 'ask' ? policy.ask?.onSilence : undefined,
      explanation: explanationOf(ruling, { judged, change }),
      tested,
      passedOver: passed.map(({ ruleId, unmet }) => ({ ruleId, because: UNMET[unmet] })),
      ...(flaw && { warnings: [flawInWords(flaw)] }),
    };
  };
}

function isComplete(tested: {
  readonly [Field in keyof Tested]: Tested[Field] | undefined;
}): tested is Tested {
  return tested.offerId !== undefined && tested.planId !== undefined;
}

function said(ruling: Ruling) {
  const { answer, ruleId } = ruling;
  const reason = ruling.answer === 'refuse' ? ruling.reason : undefined;
  const message = 'message' in ruling && ruling.message ? { ...ruling.message } : undefined;
  return { answer, ruleId, reason, message };
}

function explanationOf(
  ruling: Ruling,
  of: {
    readonly judged: Pick<Subscription, 'planId' | 'quantity'>;
    readonly change: RequestedChange;
  },
): string {
  const { answer, ruleId } = ruling;
  if (isRevert(of.judged, of.change)) {
    return 'Accepted without asking the rules: the subscription has this value already.';
  }
  if (ruleId === undefined) {
    return answer === 'refuse'
      ? 'Refused without asking the rules: a subscription has at least one seat.'
      : 'Accepted: no rule matches this change.';
  }
  switch (answer) {
    case 'accept':
      return `Accepted by the rule "${ruleId}", the first one that matches.`;
    case 'refuse':
      return `Refused by the rule "${ruleId}", the first one that matches.`;
    default:
      return `Your product would be asked, because of the rule "${ruleId}", the first one that matches.`;
  }
}

const UNMET: Readonly<Record<Unmet, string>> = {
  publisher: 'It is about another publisher.',
  offer: 'It is about another offer.',
  action: 'It is about the other kind of change.',
  'from-plan': 'It does not name the current plan.',
  'to-plan': 'It does not name the requested plan.',
  sold: 'The requested plan is among the plans that you sell, or you have listed none for this offer.',
  'no-downgrade': 'The requested plan is not below the current one in your list of plans.',
  plan: 'It does not name the current plan.',
  seats: 'The requested number of seats is within its bounds.',
};
