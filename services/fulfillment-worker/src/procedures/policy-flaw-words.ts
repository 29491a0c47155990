import type { FoundFlaw } from '@landfall/domain/policy-flaws';

/** What is wrong with a policy, for the person who wrote it. */
export function flawInWords({ flaw, about }: FoundFlaw): string {
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
