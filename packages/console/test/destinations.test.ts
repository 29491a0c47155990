import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumMissing, openConsole, until, type ConsoleFixture } from './fixture.ts';

describe.skipIf(chromiumMissing() !== undefined)('destinations and deliveries', () => {
  let fixture: ConsoleFixture;
  /** Answers of the product, one for each path. */
  const answers = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(answers.get(request.url ?? '') ?? 200).end();
  });
  let product = '';

  beforeAll(async () => {
    fixture = await openConsole();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    product = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });

  test('an operator adds a product, sees its secret once, and sees the test arrive', async () => {
    const { api } = fixture.client;
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/destinations');
    await page.getByText('No destinations yet').waitFor();
    await visit.expectWellMade();

    await page.getByRole('link', { name: 'New destination' }).first().click();
    await page.getByRole('link', { name: /^Your product/ }).click();
    await page.getByLabel('Name').fill('Shop');
    await page.getByLabel('Address').fill(`${product}/events`);
    await visit.expectWellMade();
    await page.getByRole('button', { name: 'Add destination' }).click();

    const secret = await page.locator('.secret code').textContent();
    expect(secret).toMatch(/^whsec_/);
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The test arrived').waitFor();
    await page.getByRole('link', { name: 'Open the destination' }).click();
    await page.getByRole('heading', { level: 1, name: 'Shop', exact: true }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await visit.expectWellMade();
    const { items } = await api.destinations.list.query({});
    expect(items).toMatchObject([{ label: 'Shop', channel: 'product', url: `${product}/events` }]);
  });

  test('an operator finds why an event does not arrive, and sends it again', async () => {
    const { api } = fixture.client;
    answers.set('/broken', 500);
    const { destination } = await api.destinations.create.mutate({
      label: 'Broken shop',
      url: `${product}/broken`,
    });
    const { id: deliveryId } = await api.destinations.ping.mutate({
      destinationId: destination.id,
    });
    const attempts = (count: number) =>
      until(`${count} attempts were made`, async () => {
        const delivery = await api.deliveries.get.query({ deliveryId });
        return delivery.history.length === count ? delivery : undefined;
      });
    await attempts(1);

    await using visit = await fixture.visit('otto');
    const { page } = visit;
    const others = await api.deliveries.list.query({ type: 'subscription.planChanged' });
    expect(others.items).toEqual([]);
    await visit.goto('/deliveries?state=dead&type=ping');
    await visit.expectWellMade();
    await page.getByRole('link', { name: 'ping' }).first().click();
    await page.getByText('The receiver answered with an error').first().waitFor();
    await page.getByText('Answered 500').waitFor();
    await visit.expectWellMade();
    answers.set('/broken', 200);
    await page.getByRole('button', { name: 'Resend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resend' }).click();
    await page.getByText('The delivery is being sent.').waitFor();

    expect((await attempts(2)).state).toBe('delivered');
  });

  test('a destination is removed only when its name is typed', async () => {
    const { api } = fixture.client;
    await api.destinations.create.mutate({ label: 'Old shop', url: `${product}/old` });
    await using visit = await fixture.visit('otto');
    const { page } = visit;
    await visit.goto('/destinations');
    await page.getByRole('link', { name: 'Old shop' }).click();
    await page.getByRole('heading', { level: 1, name: 'Old shop' }).waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('No event waits for it.').waitFor();
    const remove = dialog.getByRole('button', { name: 'Remove' });
    await dialog.getByLabel('Confirm').fill('Old');
    expect(await remove.isDisabled()).toBe(true);

    await dialog.getByLabel('Confirm').fill('Old shop');
    await remove.click();

    await page.waitForURL(/\/destinations(?:\?|$)/);
    const { items } = await api.destinations.list.query({});
    expect(items.map(({ label }) => label)).not.toContain('Old shop');
  });
});
