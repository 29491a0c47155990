import type { Rule } from '../../api/policies.ts';
import { Status } from '../../parts/badge.tsx';
import { number, t } from '../../words/words.ts';

const tones = { accept: 'good', refuse: 'warn', ask: 'notice' } as const;

/** A rule in one line: what is requested, under which conditions, and the decision. */
export function RuleSentence({ rule }: { readonly rule: Rule }) {
  const conditions = conditionsOf(rule);
  return (
    <span className="rule-sentence">
      <span>
        <strong>{t(`rules.what.${rule.when.action}`)}</strong>
        {conditions.length > 0 && `: ${conditions.join(' · ')}`}
      </span>
      <Status tone={tones[rule.decision]}>{t(`rules.decision.${rule.decision}`)}</Status>
    </span>
  );
}

/** The same as text, for diffs. */
export function ruleText(rule: Rule): string {
  const what = t(`rules.what.${rule.when.action}`);
  const conditions = conditionsOf(rule);
  const decision = t(`rules.decision.${rule.decision}`);
  const message = Object.entries(rule.message ?? {}).map(([tag, text]) => `${tag}: ${text}`);
  const when = conditions.length === 0 ? what : `${what}: ${conditions.join(' · ')}`;
  return [`${when} → ${decision}`, ...message].join('\n');
}

function conditionsOf({ when, offerId, publisherId }: Rule): readonly string[] {
  return [
    ...(when.action === 'ChangePlan' ? planConditions(when) : seatConditions(when)),
    ...(offerId === undefined ? [] : [t('rules.if.offer', { offer: offerId })]),
    ...(publisherId === undefined ? [] : [t('rules.if.publisher', { publisher: publisherId })]),
  ];
}

function planConditions(when: Extract<Rule['when'], { action: 'ChangePlan' }>): readonly string[] {
  const { fromPlanIds, toPlanIds, isNotSold, isDowngrade } = when;
  return [
    ...(fromPlanIds ? [t('rules.if.from', { plans: either(fromPlanIds) })] : []),
    ...(toPlanIds ? [t('rules.if.to', { plans: either(toPlanIds) })] : []),
    ...(isNotSold ? [t('rules.if.notSold')] : []),
    ...(isDowngrade ? [t('rules.if.downgrade')] : []),
  ];
}

function seatConditions(
  when: Extract<Rule['when'], { action: 'ChangeQuantity' }>,
): readonly string[] {
  const { planIds, below, above } = when;
  const plans = planIds ? [t('rules.if.plans', { plans: either(planIds) })] : [];
  // Both limits in one rule are alternatives.
  if (below !== undefined && above !== undefined) {
    const limits = { below: number(below), above: number(above) };
    return [...plans, t('rules.if.belowOrAbove', limits)];
  }
  if (below !== undefined) return [...plans, t('rules.if.below', { count: below })];
  if (above !== undefined) return [...plans, t('rules.if.above', { count: above })];
  return plans;
}

function either(ids: readonly string[]): string {
  return ids.join(` ${t('rules.or')} `);
}
