import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, type Page } from './browser.ts';
import { buyAndSignIn, confirm, type Fixture, openFixture, people, pick } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture({ DEFAULT_LANGUAGE: 'nl' });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const TITLES = {
  en: 'Set up your purchase',
  de: 'Kauf einrichten',
  fr: 'Configurez votre achat',
  es: 'Configure su compra',
  nl: 'Stel uw aankoop in',
  ja: 'ご購入製品の設定',
};

function languageOf(page: Page): string | undefined {
  return /<html lang="(\w+)"/.exec(page.html)?.[1];
}

function switchTo(browser: Browser, language: string, back = '/landing'): Promise<Page> {
  return browser.post(`${fixture.url}/landing/language`, { language, back });
}

describe('the language of a page', () => {
  test.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['pl, fr-CA;q=0.8, en;q=0.7', 'fr'],
    ['en;q=0.5, ja;q=0.9', 'ja'],
    ['ES-419', 'es'],
    ['fr;q=0, en', 'en'],
  ])("is the browser's best match: %s gives %s", async (wanted, language) => {
    const page = await new Browser().get(`${fixture.url}/landing`, { 'accept-language': wanted });
    expect(languageOf(page)).toBe(language);
    expect(page.heading).toBe(TITLES[language as keyof typeof TITLES]);
  });

  test("is the publisher's default if neither browser nor account asks for one of ours", async () => {
    for (const wanted of ['*', 'pl, sv', ';;q=,,', 'x'.repeat(5000)]) {
      const page = await new Browser().get(`${fixture.url}/landing`, { 'accept-language': wanted });
      expect(languageOf(page)).toBe('nl');
    }
  });

  test('stays the chosen one on every page, whatever the browser asks for', async () => {
    const browser = new Browser();
    expect(languageOf(await switchTo(browser, 'es'))).toBe('es');
    const headers = { 'accept-language': 'de' };
    for (const path of [
      '/landing',
      '/landing/nowhere',
      '/landing/signed-in',
      '/landing?token=%01',
    ]) {
      expect(languageOf(await browser.get(`${fixture.url}${path}`, headers))).toBe('es');
    }
    expect(languageOf(await switchTo(browser, 'ja'))).toBe('ja');
  });

  test('can be switched in the middle of a purchase without losing the place', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const german = await switchTo(browser, 'de', page.field('back'));
    expect(german.url).toBe(page.url);
    expect(german.heading).toBe('Kauf bestätigen');
    expect(german.html).toContain('1 Monat');
  });

  test('can be switched on a form with problems without losing it', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const returned = await confirm(fixture, browser, { page, email: 'nobody' });
    expect(returned.path).toBe(page.path);
    expect(returned.html).toContain('aria-invalid="true"');
    expect((await switchTo(browser, 'de', returned.field('back'))).url).toBe(page.url);
  });

  test('can only be switched by our own form, and the switch only leads to our own pages', async () => {
    const browser = new Browser();
    const url = `${fixture.url}/landing/language`;
    await browser.post(url, { language: 'de' }, { 'sec-fetch-site': 'cross-site' });
    expect(browser.cookie(fixture.url, '__Host-landfall-language')).toBeUndefined();
    await browser.post(url, { language: 'tlh' });
    expect(browser.cookie(fixture.url, '__Host-landfall-language')).toBeUndefined();
    for (const back of ['https://evil.example/landing', '//evil.example', '/landing/p/../../x']) {
      expect((await switchTo(browser, 'fr', back)).url).toBe(`${fixture.url}/landing`);
    }
    expect((await browser.get(`${url}?language=de`)).path).toBe('/landing');
    expect(browser.cookie(fixture.url, '__Host-landfall-language')).toBe('fr');
  });

  test('is offered on every page under its own name, with the current one marked', async () => {
    const page = await new Browser().get(`${fixture.url}/landing`);
    for (const name of ['English', 'Deutsch', 'Français', 'Español', 'Nederlands', '日本語']) {
      expect(page.html).toContain(name);
    }
    expect(page.html.match(/aria-current="true"/g)).toHaveLength(1);
  });
});

describe('a person who is signed in', () => {
  test('is shown on every page with the tenant and a link to use another account', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const { tenantId } = fixture.emulator.identities.people.find(
      (one) => one.email === people.ada,
    )!;
    const elsewhere = await browser.get(`${fixture.url}/landing/progress/nowhere`);
    for (const { html } of [page, elsewhere]) {
      const [, header = ''] = /<header[^>]*>([\s\S]*?)<\/header>/.exec(html) ?? [];
      expect(header).toContain('Ada Fabrikam');
      expect(header).toContain(tenantId);
      expect(header).toContain('account=other');
      expect(header).toContain('/landing/sign-out');
    }
  });

  test('returns to the same purchase with another account', async () => {
    const { browser, page } = await buyAndSignIn(fixture, people.sam, { by: people.tara });
    expect(page.status).toBe(403);
    const [, other = ''] = /<a href="([^"]*account=other[^"]*)"/.exec(page.html) ?? [];
    const choose = await browser.get(new URL(other.replaceAll('&amp;', '&'), page.url).href);
    const right = await pick(browser, choose, people.sam);
    expect(right.url).toBe(page.url);
    expect(right.html).toContain('action="/landing/confirm"');
  });
});
