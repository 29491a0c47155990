import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { Language } from '@landfall/words/language';
import { languageOf, visitorOf, type Visitor } from './visitor.ts';

const dutch: Visitor = { tenantId: 't', objectId: 'o', language: 'nl' };

function asked(
  headers: Record<string, string>,
  visitor: Visitor | undefined,
  publisherDefault: Language = 'es',
): Promise<string> {
  const app = new Hono();
  app.get('/', (c) => c.text(languageOf(c, { visitor, publisherDefault })));
  return Promise.resolve(app.request('/', { headers })).then((answer) => answer.text());
}

test("the chosen language comes first, then the browser's, the account's and the publisher's", async () => {
  const cookie = '__Host-landfall-language=ja';
  const browser = { 'accept-language': 'fr-FR, en;q=0.5' };
  expect(await asked({ ...browser, cookie }, dutch)).toBe('ja');
  expect(await asked(browser, dutch)).toBe('fr');
  expect(await asked({ 'accept-language': 'pl, *;q=0.1' }, dutch)).toBe('nl');
  expect(await asked({}, dutch)).toBe('nl');
  expect(await asked({}, { tenantId: 't', objectId: 'o' })).toBe('es');
  expect(await asked({ cookie: '__Host-landfall-language=tlh' }, undefined)).toBe('es');
});

test("a visitor has the account's language if it is one of ours", () => {
  const ada = { tenantId: 't', objectId: 'o', name: 'Ada', appRoles: ['Landfall.Admin'] };
  expect(visitorOf({ ...ada, languageTag: 'de-AT' })).toEqual({
    tenantId: 't',
    objectId: 'o',
    name: 'Ada',
    language: 'de',
  });
  expect(visitorOf({ ...ada, languageTag: 'pl' })).not.toHaveProperty('language');
  expect(visitorOf(ada)).not.toHaveProperty('language');
});
