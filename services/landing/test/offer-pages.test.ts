import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '@landfall/contracts/caller';
import { offerPage } from '@landfall/contracts/offer-page';
import { operatorKey } from '@landfall/servers/test-caller';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import type { LandingTables } from '../src/db/schema.ts';
import { levelsOf } from '../src/store/offer-pages.ts';
import { Browser, type Page } from './browser.ts';
import { buyAndSignIn, type Fixture, openFixture, people, untilHeading } from './fixture.ts';

const log = createLogger('test', 'silent');
const contoso = { publisherId: 'contoso' };
const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>';
const logo = { base64: Buffer.from(svg).toString('base64') };

const questions = [
  {
    id: 'company',
    kind: 'text',
    label: { en: 'Company', de: 'Firma' },
    help: { en: 'As on the invoice' },
    required: true,
    pattern: '[\\p{L} ]+',
    max: 40,
    autocomplete: 'organization',
  },
  {
    id: 'region',
    kind: 'choice',
    label: { en: 'Region' },
    required: true,
    choices: [
      { value: 'eu', label: { en: 'Europe' } },
      { value: 'us', label: { en: 'United States' } },
    ],
  },
  {
    id: 'users',
    kind: 'number',
    label: { en: 'How many users' },
    min: 1,
    max: 5000,
    integer: true,
  },
  { id: 'terms', kind: 'check', label: { en: 'I accept the terms' }, required: true },
  { id: 'billing', kind: 'email', label: { en: 'Where invoices go' }, plans: ['standard'] },
  { id: 'tenants', kind: 'number', label: { en: 'How many tenants' }, plans: ['basic'] },
];
const good = {
  'answer.company': ' Fabrikam ',
  'answer.region': 'eu',
  'answer.users': '120',
  'answer.terms': 'yes',
  'answer.billing': 'invoices@fabrikam.example',
};

let fixture: Fixture;
let bus: Bus;
beforeAll(async () => {
  fixture = await openFixture();
  bus = await connectBus({ url: fixture.natsUrl, name: 'gateway', log });
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

function clientOf(caller: Caller) {
  const transport = procedureTransport(bus);
  return procedureClient({ owner: 'landing', transport, caller, correlationId: () => 'c' });
}

const ours = () => clientOf(operatorKey).offerPages;

/** Stores a page and removes it at the end, so that no test sees another test's page. */
async function withPage(target: object, page: object): Promise<AsyncDisposable> {
  const at = { ...contoso, ...target };
  await ours().put.mutate({ ...at, page: offerPage.parse(page) });
  return {
    async [Symbol.asyncDispose]() {
      await ours().remove.mutate(at);
    },
  };
}

function send(browser: Browser, page: Page, fields: Record<string, string>): Promise<Page> {
  const hidden = { formKey: page.field('formKey'), visit: page.field('visit') };
  const email = page.field('email');
  return browser.post(`${fixture.url}/landing/confirm`, { ...hidden, email, ...fields });
}

describe('a publisher’s page', () => {
  test('is stored as it was sent, listed, replaced as a whole, and removed', async () => {
    const target = { ...contoso, offerId: 'kept', planId: 'growth' };
    await expect(ours().get.query(target)).rejects.toMatchObject({
      data: { rejection: 'page.not-found' },
    });
    const page = offerPage.parse({ branding: { productName: 'Kept', logo }, questions });
    const stored = await ours().put.mutate({ ...target, page });
    expect(stored.page.branding?.logo?.file).toMatch(/^[0-9a-f]{64}\.svg$/);
    expect(stored.page.questions).toEqual(page.questions);
    expect(await ours().get.query(target)).toEqual(stored);

    const again = await ours().put.mutate({
      ...target,
      page: { branding: { logo: { hash: stored.page.branding?.logo?.hash ?? '' } } },
    });
    expect(again.page).toEqual({ branding: { logo: stored.page.branding?.logo } });
    const { items } = await ours().list.query({ ...contoso, offerId: 'kept' });
    expect(items).toEqual([{ ...target, updatedAt: again.updatedAt }]);
    const preview = await ours().remove.mutate({ ...target, dryRun: true });
    expect(preview).toEqual({ removed: false, was: await ours().get.query(target) });
    expect(await ours().remove.mutate(target)).toEqual({ removed: true, was: preview.was });
    expect(await ours().remove.mutate(target)).toEqual({ removed: false });
  });

  test('is listed in pages', async () => {
    const targets = ['a', 'b', 'c'].map((planId) => ({
      publisherId: 'paged',
      offerId: 'o',
      planId,
    }));
    for (const target of targets) await ours().put.mutate({ ...target, page: {} });
    const first = await ours().list.query({ publisherId: 'paged', limit: 2 });
    expect(first.items.map(({ planId }) => planId)).toEqual(['a', 'b']);
    const cursor = first.nextCursor ?? '';
    const rest = await ours().list.query({ publisherId: 'paged', limit: 2, cursor });
    expect(rest.items.map(({ planId }) => planId)).toEqual(['c']);
    expect(rest.nextCursor).toBeUndefined();
    await expect(ours().list.query({ cursor: 'x' })).rejects.toMatchObject({
      data: { rejection: 'cursor.invalid' },
    });
  });

  test('is refused with the place of every problem, and changes nothing', async () => {
    const target = { ...contoso, offerId: 'refused' };
    const page = offerPage.parse({
      branding: { colours: { accent: '#ffee00' }, logo: { base64: 'R0lGODlh' } },
      texts: { en: { 'confirm.nowhere': 'x' } },
      questions: [{ ...questions[0], pattern: '(?=a)' }],
    });
    const refused = ours().put.mutate({ ...target, page });
    await expect(refused).rejects.toMatchObject({
      data: { rejection: 'page.invalid' },
      message: expect.stringMatching(
        /branding\.colours\.accent: .*texts\.en\.confirm\.nowhere: .*questions\[0\]\.pattern: /,
      ),
    });
    const { colours: _, ...branding } = page.branding ?? {};
    await expect(ours().put.mutate({ ...target, page: { branding } })).rejects.toMatchObject({
      message: expect.stringContaining('branding.logo: '),
    });
    await expect(
      ours().put.mutate({ ...contoso, planId: 'growth', page: {} }),
    ).rejects.toMatchObject({ message: expect.stringContaining('offerId: ') });
    await expect(ours().get.query(target)).rejects.toMatchObject({
      data: { rejection: 'page.not-found' },
    });
  });

  test('can be read and written only with keys that have the scope and belong to the same publisher', async () => {
    const key = (scopes: Extract<Caller, { kind: 'api-key' }>['scopes'], publisherId?: string) =>
      clientOf({ kind: 'api-key', keyId: 'k', scopes, ...(publisherId ? { publisherId } : {}) })
        .offerPages;
    const forbidden = { data: { code: 'FORBIDDEN' } };
    const target = { ...contoso, offerId: 'scoped' };
    const reader = key(['landing:read']);
    await expect(reader.put.mutate({ ...target, page: {} })).rejects.toMatchObject(forbidden);
    await expect(reader.remove.mutate(target)).rejects.toMatchObject(forbidden);
    const writer = key(['landing:write'], 'contoso');
    await expect(writer.list.query({})).rejects.toMatchObject(forbidden);
    await expect(writer.get.query(target)).rejects.toMatchObject(forbidden);
    await writer.put.mutate({ ...target, page: { branding: { productName: 'Scoped' } } });
    expect((await reader.get.query(target)).page).toEqual({ branding: { productName: 'Scoped' } });

    const stranger = key(['landing:read', 'landing:write'], 'fabrikam');
    const unknown = { data: { rejection: 'publisher.not-found' } };
    await expect(stranger.get.query(target)).rejects.toMatchObject(unknown);
    await expect(stranger.put.mutate({ ...target, page: {} })).rejects.toMatchObject(unknown);
    await expect(stranger.remove.mutate(target)).rejects.toMatchObject(unknown);
    expect((await stranger.list.query({})).items).toEqual([]);
    expect(await writer.remove.mutate(target)).toMatchObject({ removed: true });
  });
});

test('a preview offer uses the pages of its offer until it has its own', async () => {
  const url = fixture.database.urlFor('landing');
  await using database = await openDatabase<LandingTables>({
    url,
    service: 'landing',
    log,
  });
  const namesOf = async (offerId: string) => {
    const levels = await levelsOf(database.kysely, { ...contoso, offerId, planId: 'a' });
    return levels.map(({ page }) => page.branding?.productName);
  };
  const named = (productName: string) => ({ branding: { productName } });
  await using _plan = await withPage({ offerId: 'desk', planId: 'a' }, named('plan'));
  await using _other = await withPage({ offerId: 'desk', planId: 'b' }, named('other plan'));
  await using _offer = await withPage({ offerId: 'desk' }, named('offer'));
  await using _publisher = await withPage({}, named('publisher'));
  expect(await namesOf('desk')).toEqual(['plan', 'offer', 'publisher']);
  expect(await namesOf('desk-preview')).toEqual(['plan', 'offer', 'publisher']);
  await using _preview = await withPage({ offerId: 'desk-preview' }, named('preview'));
  expect(await namesOf('desk-preview')).toEqual(['plan', 'preview', 'offer', 'publisher']);
  expect(await namesOf('desk')).toEqual(['plan', 'offer', 'publisher']);
});

describe('the buyer', () => {
  test('sees the offer’s name, logo, colours and links, served from our own origin under their hash', async () => {
    await using _publisher = await withPage(
      {},
      {
        branding: {
          productName: 'House',
          links: { privacy: 'https://contoso.example/privacy' },
          colours: { accent: '#7a0019' },
        },
      },
    );
    await using _offer = await withPage(
      { offerId: 'teamdesk' },
      { branding: { productName: 'Desk & Co', logo, productUrl: 'https://desk.example/' } },
    );
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    expect(page.html).toContain('<span>Desk &amp; Co</span>');
    expect(page.html).toContain('href="https://contoso.example/privacy"');
    const brand = (extension: string) =>
      new RegExp(`/landing/assets/brand/[0-9a-f]{64}\\.${extension}`).exec(page.html)?.[0] ?? '';
    const style = await browser.get(fixture.url + brand('css'));
    expect(style.headers.get('content-type')).toContain('text/css');
    expect(style.html).toContain('--accent: #7a0019');
    const image = await browser.get(fixture.url + brand('svg'));
    expect(image.html).toBe(svg);
    expect(image.headers.get('content-type')).toBe('image/svg+xml');
    expect(image.headers.get('x-content-type-options')).toBe('nosniff');
    expect(image.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(image.headers.get('cache-control')).toContain('immutable');
    expect(page.headers.get('content-security-policy')).toContain("img-src 'self' data:");
    for (const name of ['0'.repeat(64) + '.svg', '../landing.css', 'x.png']) {
      const none = await browser.get(`${fixture.url}/landing/assets/brand/${name}`);
      expect(none.html).not.toContain('<svg');
    }

    const progress = await send(browser, page, {});
    const ready = await untilHeading(browser, progress.url, 'Ready to use');
    expect(ready.html).toContain('href="https://desk.example/"');
    const managed = /href="(\/landing\/subscriptions\/[^"]+)"/.exec(ready.html)?.[1] ?? '';
    expect((await browser.get(fixture.url + managed)).status).toBe(200);
    expect(ready.html).toContain(brand('css'));
  });

  test('sees the publisher’s branding at the publisher’s address before the purchase is known', async () => {
    await using _page = await withPage({}, { branding: { productName: 'House of Contoso' } });
    const at = (path: string) => new Browser().get(`${fixture.url}/landing${path}`);
    expect((await at('/p/contoso')).html).toContain('House of Contoso');
    expect((await at('/p/contoso?token=')).html).toContain('House of Contoso');
    expect((await at('/p/fabrikam')).html).not.toContain('House of Contoso');
    expect((await at('')).html).not.toContain('House of Contoso');
    expect((await at('/p/con%00toso')).status).toBe(404);
  });

  test('reads the publisher’s texts in the page’s language, else in the default language', async () => {
    await using _page = await withPage(
      { offerId: 'teamdesk' },
      { texts: { de: { 'confirm.submit': 'Los geht es' } }, questions },
    );
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    expect(page.html).toContain('Confirm and activate');
    expect(page.html).toContain('>Company');
    const german = await browser.get(page.url, { 'accept-language': 'de' });
    expect(german.html).toContain('Los geht es');
    expect(german.html).toContain('>Firma');
    expect(german.html).toContain('<span lang="en">Region</span>');
    expect(german.html).not.toContain('<span lang="de">');
  });

  test('gets only the questions of this plan, with attributes that let the browser check them', async () => {
    await using _page = await withPage({ offerId: 'teamdesk' }, { questions });
    const { page } = await buyAndSignIn(fixture, people.ada);
    const field = (name: string) =>
      new RegExp(`<(input|select)[^>]*name="answer\\.${name}"[^>]*>`).exec(page.html)?.[0];
    expect(field('tenants')).toBeUndefined();
    expect(field('billing')).toContain('type="email"');
    const company = field('company');
    expect(company).toContain('pattern="[\\p{L} ]+"');
    for (const said of ['maxlength="40"', ' required', 'autocomplete="organization"']) {
      expect(company).toContain(said);
    }
    expect(company).toContain('aria-describedby="answer.company-help"');
    for (const said of ['type="number"', 'min="1"', 'max="5000"', 'step="1"']) {
      expect(field('users')).toContain(said);
    }
    expect(field('region')).toMatch(/^<select/);
    expect(page.html).toMatch(/>\s*United States/);
  });

  test('gets the form back with the entries and the problems, and nothing is confirmed', async () => {
    await using _page = await withPage({ offerId: 'teamdesk' }, { questions });
    const { browser, page, subscriptionId } = await buyAndSignIn(fixture, people.ada);
    const back = await send(browser, page, {
      ...good,
      'answer.company': 'Fabrikam <1>',
      'answer.region': 'mars',
      'answer.terms': '',
      email: 'nobody',
    });
    expect(back.path).toBe(page.path);
    expect(back.html).toMatch(/<div[^>]*role="alert"[^>]*>/);
    for (const field of ['answer.company', 'answer.region', 'answer.terms', 'email']) {
      expect(back.html).toContain(`<a href="#${field}">`);
      expect(back.html).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`));
    }
    expect(back.html).not.toContain('<a href="#answer.users">');
    expect(back.field('answer.company')).toBe('Fabrikam &lt;1&gt;');
    expect(back.field('answer.users')).toBe('120');
    expect(back.html).toContain('4 entries need your attention');
    const asked = fixture.worker.asked.activated.filter(
      (one) => one.subscriptionId === subscriptionId,
    );
    expect(asked).toEqual([]);
    expect(fixture.lines.join('\n')).not.toContain('Fabrikam <1>');

    const progress = await send(browser, back, {
      ...good,
      email: people.ada,
      'answer.tenants': '3',
    });
    expect(progress.path).toMatch(/progress/);
    expect(fixture.worker.asked.activated.at(-1)).toMatchObject({
      subscriptionId,
      answers: {
        company: 'Fabrikam',
        region: 'eu',
        users: '120',
        terms: 'yes',
        billing: 'invoices@fabrikam.example',
      },
    });
    expect(fixture.worker.asked.activated.at(-1)?.answers).not.toHaveProperty('tenants');
  });

  test('of an active purchase answers the questions when linking it', async () => {
    await using _page = await withPage({ offerId: 'pulse' }, { questions: questions.slice(0, 1) });
    const bought = await buyAndSignIn(fixture, people.ben, {
      offerId: 'pulse',
      planId: 'essential',
    });
    const { browser, page, subscriptionId } = bought;
    const linked = await send(browser, page, { 'answer.company': 'Fabrikam' });
    expect(linked.heading).toBe('Ready to use');
    expect(fixture.worker.asked.activated.at(-1)).toMatchObject({
      subscriptionId,
      answers: { company: 'Fabrikam' },
    });
  });

  test('learns after two minutes that it takes longer than usual, and no longer sees the usual duration', async () => {
    await fixture.emulator.control.updateSettings({ activationDelayMs: 600_000 });
    const { browser, page } = await buyAndSignIn(fixture, people.ada);
    const progress = await send(browser, page, {});
    await fixture.emulator.control.updateSettings({ activationDelayMs: 300 });
    const usual = 'This usually takes less than two minutes.';
    const slow = 'This is taking longer than usual.';
    expect(progress.html).not.toContain(slow);
    expect(progress.html).toContain(usual);
    const state = async () =>
      JSON.parse((await browser.get(`${progress.url}/state`)).html) as { look: string };
    const before = await state();
    const url = fixture.database.urlFor('landing');
    await using database = await openDatabase<LandingTables>({
      url,
      service: 'landing',
      log,
    });
    await database.kysely
      .updateTable('visits')
      .set({ confirmedAt: new Date(Date.now() - 121_000) })
      .where('id', '=', progress.path.split('/').at(-1) ?? '')
      .execute();
    const late = (await browser.get(progress.url)).html;
    expect(late).toContain(slow);
    expect(late).not.toContain(usual);
    expect((await state()).look).not.toBe(before.look);
  });
});
