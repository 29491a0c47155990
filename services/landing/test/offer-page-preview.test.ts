import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorKey } from '@landfall/servers/test-caller';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { openFixture, type Fixture } from './fixture.ts';

const contoso = { publisherId: 'contoso' };
const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>';
const logo = { base64: Buffer.from(svg).toString('base64') };

let fixture: Fixture;
let bus: Bus;
beforeAll(async () => {
  fixture = await openFixture();
  const log = createLogger('test', 'silent');
  bus = await connectBus({ url: fixture.natsUrl, name: 'gateway', log });
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const ours = () =>
  procedureClient({
    owner: 'landing',
    transport: procedureTransport(bus),
    caller: operatorKey,
    correlationId: () => 'c',
  }).offerPages;

describe('a preview of a draft', () => {
  const draft = {
    branding: { productName: 'Northwind <Desk>', colours: { accent: '#7d3c98' }, logo },
  };

  test('is a whole page with the draft over the stored levels, and stores nothing', async () => {
    const stored = { texts: { de: { 'confirm.submit': 'Los' } } };
    await ours().put.mutate({ ...contoso, page: stored });
    const target = { ...contoso, offerId: 'teamdesk' };
    const { problems, html = '' } = await ours().preview.query({
      ...target,
      page: draft,
      language: 'de',
      scheme: 'dark',
    });
    expect(problems).toEqual([]);
    expect(html).toContain('<html lang="de">');
    expect(html).toContain('Northwind &lt;Desk&gt;');
    expect(html).toContain('Los');
    expect(html).toContain('#7d3c98');
    expect(html).toContain(`data:image/svg+xml;base64,${logo.base64}`);
    expect(html).not.toMatch(/<script|<link rel="stylesheet"|prefers-color-scheme/);
    expect((await ours().list.query(target)).items).toEqual([]);
  });

  test('names the problems of the draft that putting it would have', async () => {
    const page = { branding: { colours: { accent: '#ffff00' } }, texts: { en: { nothing: 'x' } } };
    const { problems, html } = await ours().preview.query({ ...contoso, page });
    expect(html).toBeUndefined();
    expect(problems.map(({ path }) => path)).toEqual([
      'branding.colours.accent',
      'texts.en.nothing',
    ]);
  });
});
