import { expect, test } from 'vitest';
import { offerPage } from '@landfall/contracts/offer-page';
import { pageProblems } from './check-page.ts';

const label = { en: 'Company' };
const text = { id: 'company', kind: 'text', label };

const problemsOf = (page: unknown) => pageProblems(offerPage.parse(page));

test('a valid page has no problems', () => {
  expect(
    problemsOf({
      branding: { colours: { accent: '#0b5cad' }, defaultLanguage: 'de' },
      texts: { de: { 'frame.copy': 'In die Ablage' } },
      questions: [
        { ...text, label: { de: 'Firma' }, pattern: '\\p{L}+', min: 2, max: 80 },
        { ...text, id: 'region', label: { de: 'Region' }, plans: ['a'] },
        { ...text, id: 'region', label: { de: 'Gebiet' }, plans: ['b'] },
      ],
    }),
  ).toEqual([]);
});

test.each([
  ['branding.colours.accent', { branding: { colours: { accent: '#ffff00' } } }],
  ['branding.defaultLanguage', { branding: { defaultLanguage: 'xx' } }],
  ['texts.xx', { texts: { xx: {} } }],
  ['texts.en.frame.nowhere', { texts: { en: { 'frame.nowhere': 'x' } } }],
  ['texts.en.frame.copy', { texts: { en: { 'frame.copy': '{' } } }],
  ['texts.en.frame.copy', { texts: { en: { 'frame.copy': 'Copy {everything}' } } }],
  [
    'texts.en.manage.sentence.renews',
    { texts: { en: { 'manage.sentence.renews': 'Until {date, date, long}' } } },
  ],
  ['texts.en.frame.copy', { texts: { en: { 'frame.copy': ' ' } } }],
  ['questions[0].label.de', { questions: [{ ...text, label: { en: 'Company', de: '\u00a0' } }] }],
  ['questions[0].id', { questions: [{ ...text, id: 'confirmedBy' }] }],
  ['questions[1].id', { questions: [text, text] }],
  [
    'questions[1].id',
    {
      questions: [
        { ...text, plans: ['a', 'b'] },
        { ...text, plans: ['b'] },
      ],
    },
  ],
  ['questions[0].label', { questions: [{ ...text, label: {} }] }],
  ['questions[0].label.xx', { questions: [{ ...text, label: { xx: 'X' } }] }],
  ['questions[0].label', { branding: { defaultLanguage: 'de' }, questions: [text] }],
  ['questions[1].pattern', { questions: [text, { ...text, id: 'b', pattern: '(?=a)' }] }],
  ['questions[0].pattern', { questions: [{ ...text, kind: 'number', pattern: '1' }] }],
  ['questions[0].max', { questions: [{ ...text, min: 5, max: 2 }] }],
  ['questions[0].max', { questions: [{ ...text, max: 501 }] }],
  ['questions[0].min', { questions: [{ ...text, kind: 'email', min: 1 }] }],
  ['questions[0].integer', { questions: [{ ...text, integer: true }] }],
  ['questions[0].choices', { questions: [{ ...text, kind: 'choice' }] }],
  ['questions[0].choices', { questions: [{ ...text, choices: [{ value: 'a', label }] }] }],
  [
    'questions[0].choices',
    {
      questions: [
        {
          ...text,
          kind: 'choice',
          choices: [
            { value: 'a', label },
            { value: 'a', label },
          ],
        },
      ],
    },
  ],
  ['questions[0].min', { questions: [{ ...text, kind: 'number', integer: true, min: 0.5 }] }],
  [
    'questions[0].choices[0].value',
    { questions: [{ ...text, kind: 'choice', choices: [{ value: 'a\tb', label }] }] },
  ],
  [
    'questions[0].choices[0].value',
    { questions: [{ ...text, kind: 'choice', choices: [{ value: ' a', label }] }] },
  ],
])('a problem is reported with its place: %s', (place, page) => {
  const problems = problemsOf(page);
  expect(problems.map((one) => one.slice(0, one.indexOf(': ')))).toEqual([place]);
});
