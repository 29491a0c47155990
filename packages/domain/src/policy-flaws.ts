import { isSameOffer, type DecisionPolicy, type DecisionRule, type SoldPlans } from './policy.ts';

export type PolicyFlaw =
  | 'rule-id-repeated'
  | 'rule-never-fits'
  | 'rule-always-fits'
  | 'plans-missing'
  | 'plans-repeated'
  | 'ask-missing';

/** What is wrong with a policy. `about` is the id of the rule or offer. */
export interface FoundFlaw {
  readonly flaw: PolicyFlaw;
  readonly about: string;
}

/**
 * The first flaw in a policy; undefined for a sound one. Such flaws matter: a rule that never matches
 * would accept changes that its author believes to be refused.
 */
export function policyFlaw(
  policy: DecisionPolicy & { readonly ask?: object | undefined },
): FoundFlaw | undefined {
  const { rules, plans = [], ask } = policy;
  const repeatedRule = firstRepeated(rules, ({ id }) => id);
  if (repeatedRule) return { flaw: 'rule-id-repeated', about: repeatedRule.id };
  const repeatedList = plans.find((list, place) =>
    plans.slice(0, place).some((other) => isSameList(other, list)),
  );
  const repeatedPlan = plans.find(({ planIds }) => new Set(planIds).size < planIds.length);
  const repeated = repeatedList ?? repeatedPlan;
  if (repeated) return { flaw: 'plans-repeated', about: repeated.offerId };
  for (const rule of rules) {
    const flaw = ruleFlaw(rule, plans);
    if (flaw) return { flaw, about: rule.id };
    if (rule.decision === 'ask' && !ask) return { flaw: 'ask-missing', about: rule.id };
  }
  return undefined;
}

function ruleFlaw(rule: DecisionRule, plans: readonly SoldPlans[]): PolicyFlaw | undefined {
  const { when } = rule;
  if (when.action === 'ChangeQuantity') {
    const { below, above } = when;
    return below !== undefined && above !== undefined && below > above
      ? 'rule-always-fits'
      : undefined;
  }
  if (when.isNotSold && when.isDowngrade) return 'rule-never-fits';
  if (!when.isNotSold && !when.isDowngrade) return undefined;
  return plans.some((list) => isAbout(list, rule)) ? undefined : 'plans-missing';
}

function isAbout(list: SoldPlans, { publisherId, offerId }: DecisionRule): boolean {
  const isOfPublisher =
    publisherId === undefined || list.publisherId === undefined || list.publisherId === publisherId;
  return isOfPublisher && (offerId === undefined || isSameOffer(list.offerId, offerId));
}

function isSameList(left: SoldPlans, right: SoldPlans): boolean {
  return left.publisherId === right.publisherId && isSameOffer(left.offerId, right.offerId);
}

function firstRepeated<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Item | undefined {
  const seen = new Set<string>();
  return items.find((item) => {
    const isRepeated = seen.has(keyOf(item));
    seen.add(keyOf(item));
    return isRepeated;
  });
}
