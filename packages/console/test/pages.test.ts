import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Buyer } from '@landfall/stack/buyer';
import { buy } from '@landfall/stack/scenarios/buying';
import { chromiumMissing, openConsole, type ConsoleFixture } from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('the editor of landing pages', () => {
  let fixture: ConsoleFixture;
  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test('shows a name and a colour before they are saved, and buyers see them afterwards', async () => {
    const { client } = fixture;
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/pages');
    await page.getByRole('button', { name: 'Set up an offer' }).click();
    await page.getByRole('textbox', { name: 'Publisher' }).fill('contoso');
    await page.getByRole('dialog').getByLabel('Offer ID').fill('analytics');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    const name = page.getByLabel('Product name');
    await name.fill('Northwind Desk');
    const accent = page.getByLabel('Buttons and links', { exact: true });
    await accent.fill('#ffff00');
    await page.getByText('branding.colours.accent').waitFor();
    const save = page.getByRole('button', { name: 'Save', exact: true });
    expect(await save.isDisabled()).toBe(true);

    const answer = page.waitForResponse((response) => response.url().endsWith('/page-preview'));
    await accent.fill('#7d3c98');
    const policy = (await (await answer).allHeaders())['content-security-policy'];
    expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'self'.*sandbox/);
    const shown = page.frameLocator('iframe[title=Preview]:not([aria-hidden=true])');
    await shown.locator('.product', { hasText: 'Northwind Desk' }).waitFor();
    const button = shown.locator('button[type=submit].button');
    // A new preview may replace the frame while the colour is being read.
    await expect
      .poll(() => button.evaluate((element) => getComputedStyle(element).backgroundColor))
      .toBe('rgb(125, 60, 152)');
    const target = { publisherId: 'contoso', offerId: 'analytics' };
    const { items } = await client.api.offerPages.list.query(target);
    expect(items).toEqual([]);
    await visit.expectWellMade();

    await save.click();
    await page.getByText('Saved. The next page').waitFor();
    const { page: stored } = await client.api.offerPages.get.query(target);
    expect(stored.branding).toEqual({
      productName: 'Northwind Desk',
      colours: { accent: '#7d3c98' },
    });
    const order = { offerId: 'analytics', planId: 'starter', beneficiary: 'ada' };
    const { landingUrl } = await buy(fixture, order);
    const landing = await new Buyer(client.person('ada')).open(landingUrl);
    expect(String(landing.html)).toContain('Northwind Desk');
    expect(String(landing.html)).toContain('/landing/assets/brand/');
  });

  test('shows a text and a question in the language of the preview, in dark and on a phone', async () => {
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/pages/pulse?of=contoso&tab=questions&language=de&scheme=dark&width=phone');
    await page.getByRole('button', { name: /Questions/ }).click();
    await page.getByRole('option', { name: 'Own questions, or none' }).click();
    await page.getByRole('button', { name: 'Add a question' }).click();
    await page.getByLabel('Question', { exact: true }).fill('Ihre Abteilung');
    const shown = page.frameLocator('iframe[title=Preview]:not([aria-hidden=true])');
    await shown.getByText('Ihre Abteilung').waitFor();
    expect(await shown.locator('html').getAttribute('lang')).toBe('de');
    await visit.expectWellMade();
  });

  test('lets a viewer look and change nothing', async () => {
    await using visit = await fixture.visit('vera');
    await visit.goto('/pages');
    await visit.expectWellMade();
    await visit.goto('/pages/~all?of=contoso');
    const shown = visit.page.frameLocator('iframe[title=Preview]:not([aria-hidden=true])');
    await shown.getByText('Order summary').waitFor();
    expect(await visit.page.getByLabel('Product name').isDisabled()).toBe(true);
    expect(await visit.page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(
      true,
    );
  });
});
