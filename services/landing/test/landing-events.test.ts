import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '@landfall/contracts/scopes';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import { activeSubscription, openFixture, people, type Fixture } from './fixture.ts';

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

test('the events of a purchase are listed newest first without people, in pages and one by one', async () => {
  const api = procedureClient({
    owner: 'landing',
    transport: procedureTransport(bus),
    caller: { kind: 'api-key', keyId: 'k', scopes, publisherId: undefined },
    correlationId: randomUUID,
  }).landingEvents;
  const { subscriptionId } = await activeSubscription(fixture, people.ada);
  const { items } = await api.list.query({ subscriptionId, limit: 200 });
  const kinds = items.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['visit.opened', 'purchase.confirmed']));
  expect(kinds.indexOf('purchase.confirmed')).toBeLessThan(kinds.indexOf('visit.opened'));
  expect(JSON.stringify(items)).not.toMatch(new RegExp(`\\bada\\b|@|objectId|${people.ada}`, 'i'));
  const paged = [];
  for (let cursor: string | undefined; ;) {
    const page = await api.list.query({ subscriptionId, limit: 2, cursor });
    paged.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  expect(paged).toEqual(items);
  const [first] = items;
  const one = await api.list.query({ subscriptionId, eventId: first!.id });
  expect(one.items).toEqual([first]);
  const before = await api.list.query({ subscriptionId, until: first!.at, limit: 200 });
  expect(before.items).toEqual(items.filter(({ at }) => at < first!.at));
});
