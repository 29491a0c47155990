import type { Rule } from '../../api/policies.ts';

export type Texts = Readonly<Record<string, string>>;

/** A rule as its form holds it: everything as typed. */
export interface RuleDraft {
  readonly id: string;
  readonly publisherId: string;
  readonly offerId: string;
  readonly action: Rule['when']['action'];
  readonly fromPlanIds: string;
  readonly toPlanIds: string;
  readonly isNotSold: boolean;
  readonly isDowngrade: boolean;
  readonly planIds: string;
  readonly below: string;
  readonly above: string;
  readonly decision: Rule['decision'];
  readonly message: Texts;
}

export function toRuleDraft(rule: Rule | undefined): RuleDraft {
  const when = rule?.when;
  const plan = when?.action === 'ChangePlan' ? when : undefined;
  const seats = when?.action === 'ChangeQuantity' ? when : undefined;
  return {
    id: rule?.id ?? '',
    publisherId: rule?.publisherId ?? '',
    offerId: rule?.offerId ?? '',
    action: when?.action ?? 'ChangePlan',
    fromPlanIds: plan?.fromPlanIds?.join(', ') ?? '',
    toPlanIds: plan?.toPlanIds?.join(', ') ?? '',
    isNotSold: plan?.isNotSold ?? false,
    isDowngrade: plan?.isDowngrade ?? false,
    planIds: seats?.planIds?.join(', ') ?? '',
    below: seats?.below === undefined ? '' : String(seats.below),
    above: seats?.above === undefined ? '' : String(seats.above),
    decision: rule?.decision ?? 'refuse',
    message: rule?.message ?? {},
  };
}

export function ruleOfDraft(draft: RuleDraft): Rule {
  const message = filled(draft.message);
  const hasMessage = draft.decision !== 'accept' && Object.keys(message).length > 0;
  return {
    id: draft.id.trim(),
    ...optional('publisherId', draft.publisherId),
    ...optional('offerId', draft.offerId),
    when: draft.action === 'ChangePlan' ? planCondition(draft) : seatCondition(draft),
    decision: draft.decision,
    ...(hasMessage ? { message } : {}),
  };
}

function planCondition(draft: RuleDraft): Rule['when'] {
  return {
    action: 'ChangePlan',
    ...planIds('fromPlanIds', draft.fromPlanIds),
    ...planIds('toPlanIds', draft.toPlanIds),
    ...(draft.isNotSold ? { isNotSold: true as const } : {}),
    ...(draft.isDowngrade ? { isDowngrade: true as const } : {}),
  };
}

function seatCondition({ planIds: plans, below, above }: RuleDraft): Rule['when'] {
  return {
    action: 'ChangeQuantity',
    ...planIds('planIds', plans),
    ...(below.trim() === '' ? {} : { below: Number(below) }),
    ...(above.trim() === '' ? {} : { above: Number(above) }),
  };
}

function optional<Key extends string>(key: Key, text: string): { [K in Key]?: string } {
  return text.trim() === '' ? {} : ({ [key]: text.trim() } as { [K in Key]: string });
}

function planIds<Key extends string>(key: Key, text: string): { [K in Key]?: string[] } {
  const ids = idsOf(text);
  return ids.length === 0 ? {} : ({ [key]: ids } as { [K in Key]: string[] });
}

/** Ids that are separated by commas or spaces. */
export function idsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((id) => id !== '');
}

/** Whether a limit is neither empty nor a number of seats. */
export function seatsError(text: string): boolean {
  return text.trim() !== '' && !/^[1-9]\d{0,8}$/.test(text.trim());
}

/** Without the languages that have no text. */
export function filled(texts: Texts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts)
      .map(([language, text]) => [language, text.trim()] as const)
      .filter(([, text]) => text !== ''),
  );
}
