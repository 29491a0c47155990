import { expect, test } from 'vitest';
import type { Rule } from '../../api/policies.ts';
import { ruleOfDraft, seatsError, toRuleDraft } from './rule-draft.ts';

test('a rule that is opened in the form and taken over stays the same', () => {
  const rules: readonly Rule[] = [
    {
      id: 'no-basic',
      publisherId: 'contoso',
      offerId: 'crm',
      when: {
        action: 'ChangePlan',
        fromPlanIds: ['premium', 'standard'],
        toPlanIds: ['basic'],
        isNotSold: true,
        isDowngrade: true,
      },
      decision: 'refuse',
      message: { en: 'Not sold any more.', de: 'Wird nicht mehr verkauft.' },
    },
    {
      id: 'seats',
      when: { action: 'ChangeQuantity', planIds: ['basic'], below: 5, above: 500 },
      decision: 'ask',
    },
    { id: 'all', when: { action: 'ChangeQuantity' }, decision: 'accept' },
  ];

  for (const rule of rules) expect(ruleOfDraft(toRuleDraft(rule))).toEqual(rule);
});

test('empty fields are no conditions', () => {
  const draft = { ...toRuleDraft(undefined), id: ' new ', toPlanIds: ' , ', message: { en: ' ' } };

  expect(ruleOfDraft(draft)).toEqual({
    id: 'new',
    when: { action: 'ChangePlan' },
    decision: 'refuse',
  });
});

test('only whole numbers from 1 are seats', () => {
  expect(['', '1', '500'].filter(seatsError)).toEqual([]);
  expect(['0', '-1', '1.5', 'ten'].filter(seatsError)).toEqual(['0', '-1', '1.5', 'ten']);
});
