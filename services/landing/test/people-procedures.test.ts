import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { landingProcedures } from '@landfall/contracts/landing-procedures';
import { scopes } from '@landfall/contracts/scopes';
import { until } from '@landfall/servers/wait';
import { connectBus, type Bus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { procedureTransport } from '@landfall/service-kit/rpc';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { procedureClient } from '@landfall/service-kit/rpc/nats';
import type { Browser } from './browser.ts';
import { activeSubscription, type Fixture, openFixture, people, signInAs } from './fixture.ts';

let fixture: Fixture;
let bus: Bus;
let api: ReturnType<typeof clientOf>;

beforeAll(async () => {
  fixture = await openFixture();
  const log = createLogger('test', 'silent');
  bus = await connectBus({ url: fixture.natsUrl, name: 'gateway', log });
  api = clientOf(undefined);
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

function clientOf(publisherId: string | undefined) {
  return procedureClient({
    owner: 'landing',
    transport: procedureTransport(bus),
    caller: { kind: 'api-key', keyId: 'k', scopes, publisherId },
    correlationId: randomUUID,
  }).people;
}

const idOf = (person: string) =>
  fixture.emulator.identities.people.find((one) => one.email === person)!;
const rejectionOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorDetails(error)?.rejection,
  );
const requestedBy = 'support:4711';

async function asks(url: string): Promise<Browser> {
  const ben = await signInAs(fixture, people.ben);
  const formKey = (await ben.get(url)).field('formKey');
  await ben.post(`${url}/access`, { formKey });
  return ben;
}
const ben = () => ({ objectId: idOf(people.ben).objectId });
const ada = () => ({ objectId: idOf(people.ada).objectId });
const waitingFor = async (subscriptionId: string) => {
  const { items } = await api.waiting.query({ limit: 200 });
  return items.filter((one) => one.subscriptionId === subscriptionId);
};

test('if the only owner has left, a colleague requests access, the product is notified, and the publisher makes them owner', async () => {
  const { subscriptionId, url } = await activeSubscription(fixture, people.ada);
  // The account is deleted in the customer's directory, so it never signs in here again.
  const colleague = await asks(url);

  const sent = await until('the request is sent to the worker', () => {
    const requests = fixture.worker.requests.filter((one) => one.subscriptionId === subscriptionId);
    return requests.length > 0 && requests;
  });
  expect(sent).toMatchObject([ben()]);
  expect(await waitingFor(subscriptionId)).toMatchObject([
    { ...ben(), name: 'Ben Fabrikam', email: people.ben, hasOwner: true },
  ]);

  const preview = await api.nameOwner.mutate({ subscriptionId, ...ben(), dryRun: true });
  expect(preview.named).toBe(false);
  expect(await waitingFor(subscriptionId)).toHaveLength(1);
  const named = await api.nameOwner.mutate({ subscriptionId, ...ben(), requestedBy });

  expect(named).toEqual({ ...preview, named: true });
  expect(named).toMatchObject({ ...ben(), name: 'Ben Fabrikam', role: 'owner' });
  expect(named).not.toHaveProperty('roleBefore');
  expect(named.owners.map(({ objectId }) => objectId)).toEqual([ada().objectId, ben().objectId]);
  const again = await api.nameOwner.mutate({ subscriptionId, ...ben(), requestedBy });
  expect(again).toMatchObject({ roleBefore: 'owner', owners: named.owners });
  const page = await colleague.get(url);
  expect(page.heading).toBe('Manage your subscription');
  expect(page.html).toContain('/cancel"');
  expect(await waitingFor(subscriptionId)).toEqual([]);
  const given = await fixture.events('access.given');
  expect(given.at(-1)?.detail).toBe('owner by publisher: support:4711');
});

test('the sweep sends a request that a crash left unsent, and it counts once', async () => {
  const { subscriptionId, url } = await activeSubscription(fixture, people.ada);
  const colleague = await signInAs(fixture, people.ben);
  const formKey = (await colleague.get(url)).field('formKey');
  await colleague.post(`${url}/access`, { formKey });
  await fixture.query('UPDATE members SET told_at = NULL WHERE subscription_id = $1', [
    subscriptionId,
  ]);

  await until('the request is recorded as sent', async () => {
    const [row] = await fixture.query(
      'SELECT told_at FROM members WHERE subscription_id = $1 AND role IS NULL',
      [subscriptionId],
    );
    return row?.['told_at'] !== null;
  });

  const sent = fixture.worker.requests.filter((one) => one.subscriptionId === subscriptionId);
  expect(sent).toHaveLength(1);
});

test('a request that remains from a previous organisation can be removed', async () => {
  const { subscriptionId } = await activeSubscription(fixture, people.ada);
  const objectId = randomUUID();
  await fixture.query(
    `INSERT INTO members (subscription_id, tenant_id, object_id, asked_at) VALUES ($1, $2, $3, now())`,
    [subscriptionId, randomUUID(), objectId],
  );
  expect(await waitingFor(subscriptionId)).toMatchObject([{ objectId }]);

  const preview = await api.remove.mutate({ subscriptionId, objectId, requestedBy, dryRun: true });
  expect(preview).toMatchObject({ removed: false, was: { objectId } });
  expect(await waitingFor(subscriptionId)).toMatchObject([{ objectId }]);
  const removed = await api.remove.mutate({ subscriptionId, objectId, requestedBy });

  expect(removed).toEqual({ removed: true, was: preview.was });
  expect(await waitingFor(subscriptionId)).toEqual([]);
  const again = api.remove.mutate({ subscriptionId, objectId, requestedBy });
  expect(await rejectionOf(again)).toBe('person.not-found');
});

test('the last owner cannot be removed; after adding another, the first can be removed and loses access', async () => {
  const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
  const last = api.remove.mutate({ subscriptionId, ...ada(), requestedBy });
  expect(await rejectionOf(last)).toBe('person.last-owner');

  await api.nameOwner.mutate({ subscriptionId, ...ben(), requestedBy });
  await api.remove.mutate({ subscriptionId, ...ada(), requestedBy });

  expect((await browser.get(url)).status).toBe(403);
  const { items } = await api.list.query({ subscriptionId });
  expect(items.map(({ objectId, role }) => [objectId, role])).toEqual([[ben().objectId, 'owner']]);
  const again = api.remove.mutate({ subscriptionId, ...ada(), requestedBy });
  expect(await rejectionOf(again)).toBe('person.not-found');
});

test('an owner can only be of the organisation that the subscription is for', async () => {
  const { subscriptionId, url } = await activeSubscription(fixture, people.ada);
  const tara = { objectId: idOf(people.tara).objectId };

  const named = await api.nameOwner.mutate({ subscriptionId, ...tara, requestedBy });

  expect(named.tenantId).toBe(idOf(people.ada).tenantId);
  const stranger = await signInAs(fixture, people.tara);
  expect((await stranger.get(url)).status).toBe(404);
});

test('people of an ended subscription are not listed, and unknown subscriptions have none', async () => {
  const { subscriptionId } = await activeSubscription(fixture, people.ada);
  await fixture.emulator.control.cancel(subscriptionId);
  const named = api.nameOwner.mutate({ subscriptionId, ...ben(), requestedBy });
  expect(await rejectionOf(named)).toBe('subscription.ended');
  const unknown = { subscriptionId: randomUUID() };
  expect(await rejectionOf(api.list.query(unknown))).toBe('subscription.not-found');
});

test('the paged lists are complete', async () => {
  const { subscriptionId, url } = await activeSubscription(fixture, people.ada);
  await asks(url);
  const first = await api.list.query({ subscriptionId, limit: 1 });
  const second = await api.list.query({ subscriptionId, limit: 1, cursor: first.nextCursor });
  const seen = [...first.items, ...second.items].map(({ objectId }) => objectId);
  expect(new Set(seen)).toEqual(new Set([ada().objectId, ben().objectId]));
  expect(second.nextCursor).toBeUndefined();

  const all = (await api.waiting.query({ limit: 200 })).items;
  let cursor: string | undefined;
  const paged: string[] = [];
  do {
    const page: Awaited<ReturnType<typeof api.waiting.query>> = await api.waiting.query({
      limit: 1,
      cursor,
    });
    paged.push(...page.items.map((one) => one.subscriptionId));
    cursor = page.nextCursor;
  } while (cursor);
  expect(paged).toEqual(all.map((one) => one.subscriptionId));
});

/** One test for each procedure, by its name, with a key of the publisher `northwind`. */
const foreign = {
  list: (subscriptionId: string) => clientOf('northwind').list.query({ subscriptionId }),
  waiting: async (subscriptionId: string) => {
    const { items } = await clientOf('northwind').waiting.query({ limit: 200 });
    expect(items.filter((one) => one.subscriptionId === subscriptionId)).toEqual([]);
    return clientOf('northwind').waiting.query({ publisherId: 'contoso' });
  },
  nameOwner: (subscriptionId: string) =>
    clientOf('northwind').nameOwner.mutate({ subscriptionId, ...ben(), requestedBy }),
  remove: (subscriptionId: string) =>
    clientOf('northwind').remove.mutate({ subscriptionId, ...ben(), requestedBy }),
};

test('every procedure about people is tested with a limited key', () => {
  expect(Object.keys(foreign)).toEqual(Object.keys(landingProcedures.people));
});

test.each(Object.entries(foreign))(
  'people.%s gives a key of another publisher access to no one',
  async (name, call) => {
    const { subscriptionId, url } = await activeSubscription(fixture, people.ada);
    await asks(url);
    const before = await api.list.query({ subscriptionId });
    const code = name === 'waiting' ? 'publisher.not-found' : 'subscription.not-found';
    expect(await rejectionOf(call(subscriptionId))).toBe(code);
    expect(await api.list.query({ subscriptionId })).toEqual(before);
    const own = await clientOf('contoso').list.query({ subscriptionId });
    expect(own).toEqual(before);
    const ownWaiting = await clientOf('contoso').waiting.query({ limit: 200 });
    expect(ownWaiting.items.map((one) => one.subscriptionId)).toContain(subscriptionId);
  },
);
