import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumMissing, openConsole, press, until, type ConsoleFixture } from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('mails to customers', () => {
  let fixture: ConsoleFixture;
  beforeAll(async () => {
    fixture = await openConsole();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const settings = () => fixture.client.api.customerMails.get.query({});

  test('are switched on by the admin, with a sender and a name of the product', async () => {
    await using visit = await fixture.visit('alma');
    const { page } = visit;
    await visit.goto('/mails');
    await page.getByLabel('Sender name').fill('Contoso Desk');
    await page.getByLabel('Offer ID').fill('analytics');
    await page.getByRole('button', { name: 'Add a name' }).click();
    await page.getByLabel('analytics', { exact: true }).fill('Contoso Analytics');
    await page.getByText('Upcoming renewal').first().click();
    await page.getByText('Send e-mails to customers').click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. Customers get e-mails').waitFor();
    await visit.expectWellMade();

    const saved = await settings();
    expect(saved).toMatchObject({
      isOn: true,
      senderName: 'Contoso Desk',
      productNames: { analytics: 'Contoso Analytics' },
    });
    expect(saved.mails).toContain('renewalAhead');
    expect(saved.destinationId).toBeDefined();
  });

  test('get own texts, with the mail beside them while they are written', async () => {
    const { api } = fixture.client;
    await using visit = await fixture.visit('alma');
    const { page } = visit;
    await visit.goto('/mails?mail=ready&language=de&offer=analytics');
    const subject = page.getByLabel('Subject', { exact: true });
    await subject.fill('{product} wartet auf Sie');
    await page.locator('.mail-in-list').getByText('Contoso Analytics wartet auf Sie').waitFor();
    await press(page, 'button:has-text("Save the texts")');
    await page.getByText('The texts are saved').waitFor();
    await page.getByRole('button', { name: 'Remove your text' }).waitFor();
    await visit.expectWellMade();
    const place = { language: 'de' as const, offerId: 'analytics', mail: 'ready' as const };
    const mail = await api.customerMails.preview.query(place);
    expect(mail.subject).toBe('Contoso Analytics wartet auf Sie');

    await page.getByRole('tab', { name: 'Plain text' }).click();
    await page.locator('.message-text').waitFor();
    await page.getByRole('button', { name: 'Remove your text' }).click();
    await until('our text is back', async () => {
      const { subject: now } = await api.customerMails.preview.query(place);
      return now !== mail.subject;
    });
  });

  test('are shown to a viewer, who can change nothing', async () => {
    await using visit = await fixture.visit('vera');
    await visit.goto('/mails');
    const { page } = visit;
    await page.getByText('Send e-mails to customers').waitFor();
    expect(await page.getByRole('switch').first().isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  });
});
