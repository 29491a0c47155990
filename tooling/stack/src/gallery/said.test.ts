import { expect, test } from 'vitest';
import { missingSentences } from './said.ts';

const price = (amount: string) => [
  { key: 'purchase.per.months', with: { price: amount } } as const,
];

test('a message counts as shown if its words are there, whatever its values are', () => {
  const page =
    'Confirm  your\npurchase. Confirm by 29 December 2026. After that, Microsoft cancels the purchase and you aren’t billed.';

  expect(missingSentences(page, ['confirm.title', 'confirm.deadline'], 'en')).toEqual([]);
  expect(missingSentences(page, ['confirm.title'], 'de')).toHaveLength(1);
  expect(missingSentences(page, ['confirm.titleLink'], 'en')).toHaveLength(1);
});

test('a value that the state names must match', () => {
  expect(missingSentences('US$105.00 per month', price('105'), 'en')).toEqual([]);
  expect(missingSentences('US$15.00 per month', price('105'), 'en')).toHaveLength(1);
});

test('one branch of a plural is enough, and no branch is not', () => {
  expect(missingSentences('4 entries need your attention', ['questions.problems'], 'en')).toEqual(
    [],
  );
  expect(missingSentences('4 entries', ['questions.problems'], 'en')).toHaveLength(1);
});

test('the content of tags is part of the message', () => {
  const page = 'Sie sind als ada@fabrikam.example angemeldet.';

  expect(missingSentences(page, ['signIn.as'], 'de')).toEqual([]);
});
