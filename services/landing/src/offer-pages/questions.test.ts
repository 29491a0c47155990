import { describe, expect, test } from 'vitest';
import { question, type Question } from '@landfall/contracts/offer-page';
import { fieldOf, questionsFor, readAnswers } from './questions.ts';

function asked(details: Partial<Question>): Question {
  return question.parse({ id: 'it', kind: 'text', label: { en: 'It' }, ...details });
}

function answered(details: Partial<Question>, text: string) {
  const one = asked(details);
  const { answers, problems } = readAnswers([one], { [fieldOf(one)]: text });
  return problems.get('it') ?? answers['it'];
}

const plans = { choices: [{ value: 'eu', label: { en: 'Europe' } }] };

describe('an answer is checked against its question', () => {
  test.each<[Partial<Question>, string, string | undefined]>([
    [{}, '  Fabrikam ', 'Fabrikam'],
    [{}, '', undefined],
    [{ required: true }, ' ', 'missing'],
    [{}, 'a\nb', 'unreadable'],
    [{}, 'x\u0000', 'unreadable'],
    [{}, '\ud800', 'unreadable'],
    [{}, 'x'.repeat(501), 'long'],
    [{ min: 3 }, 'ab', 'short'],
    [{ max: 3 }, 'abcd', 'long'],
    [{ pattern: '[a-z]+' }, 'abc1', 'pattern'],
    [{ pattern: '[a-z]+' }, 'abc', 'abc'],
    [{ kind: 'choice', ...plans }, 'eu', 'eu'],
    [{ kind: 'choice', ...plans }, 'us', 'choice'],
    [{ kind: 'number' }, '012.50', '12.5'],
    [{ kind: 'number' }, '1e3', '1000'],
    [{ kind: 'number' }, '1,5', 'number'],
    [{ kind: 'number' }, '0x10', 'number'],
    [{ kind: 'number' }, '1e999', 'number'],
    [{ kind: 'number' }, '9007199254740993', 'number'],
    [{ kind: 'number', integer: true }, '1.5', 'whole'],
    [{ kind: 'number', min: 2 }, '1', 'small'],
    [{ kind: 'number', max: 2 }, '3', 'large'],
    [{ kind: 'check' }, 'yes', 'yes'],
    [{ kind: 'check' }, '', 'no'],
    [{ kind: 'check', required: true }, 'on', 'missing'],
    [{ kind: 'email' }, 'ada@fabrikam.example', 'ada@fabrikam.example'],
    [{ kind: 'email' }, 'nobody', 'email'],
  ])('%j: %j', (details, text, outcome) => {
    expect(answered(details, text)).toBe(outcome);
  });
});

test('fields without a question are left out', () => {
  const { answers } = readAnswers([asked({})], { 'answer.other': 'x', it: 'y' });
  expect(answers).toEqual({});
});

test('a question applies only to its plans, or to all if it names none', () => {
  const [forAll, forGrowth] = [asked({ id: 'all' }), asked({ id: 'growth', plans: ['growth'] })];
  const idsFor = (plan: string) => questionsFor([forAll, forGrowth], plan).map(({ id }) => id);
  expect(idsFor('growth')).toEqual(['all', 'growth']);
  expect(idsFor('starter')).toEqual(['all']);
});
