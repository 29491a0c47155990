import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { languages } from './language.ts';
import { customerMails, mailCatalogues, mailTextProblem, mailTexts } from './mails.ts';

const keys = Object.keys(mailCatalogues.en);
const values = { product: 'Contoso Desk', plan: 'Team', date: '1 March 2027' };

describe.each(languages)('the mails to customers in %s', (language) => {
  const messages: Readonly<Record<string, string>> = mailCatalogues[language];

  test('have the keys of English in the same order, none twice and none empty', () => {
    expect(Object.keys(messages)).toEqual(keys);
    const file = readFileSync(new URL(`../mails/${language}.json`, import.meta.url), 'utf8');
    expect(file).toBe(`${JSON.stringify(messages, null, 2)}\n`);
    expect(keys.filter((key) => messages[key]?.trim() === '')).toEqual([]);
  });

  test('say everything with the values that every text may use', () => {
    expect(keys.filter((key) => mailTextProblem(messages[key] ?? '') !== undefined)).toEqual([]);
    for (const mail of customerMails) {
      const texts = mailTexts(mail, { language, values });
      expect(texts.subject).toContain(mail === 'ended' ? '' : 'Contoso Desk');
      expect(texts.paragraphs).toHaveLength(2);
    }
  });
});

test('an own text replaces ours, and one that would fail is ignored', () => {
  const subject = (text: string) =>
    mailTexts('ready', { language: 'en', values, overrides: { 'ready.subject': text } }).subject;
  expect(subject('Ahoy! {product} is yours')).toBe('Ahoy! Contoso Desk is yours');
  expect(subject('Hello {customer}')).toBe('Contoso Desk is ready');
  expect(subject('Hello {')).toBe('Contoso Desk is ready');
  expect(mailTextProblem('{date, date, long}')).toBe('unknown-value');
  expect(mailTextProblem('Hello {')).toBe('stray-brace');
});

test('a text is taken as it is written, apart from the names of values', () => {
  const overrides = { 'ready.title': "C'est l'{product} <b>& {plan}</b>, $& 100%" };
  const { title } = mailTexts('ready', { language: 'fr', values, overrides });
  expect(title).toBe("C'est l'Contoso Desk <b>& Team</b>, $& 100%");
});
