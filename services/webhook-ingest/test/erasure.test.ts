import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subscriptionFactFor } from '@landfall/contracts/subjects';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { until } from '@landfall/servers/wait';
import { testAuthority, type TestAuthority } from './authority.ts';
import { bootIngest, deliver, notification, storedRows, testBus, type Ingest } from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let bus: Bus;
let ingest: Ingest;

beforeAll(async () => {
  [database, nats, authority] = await Promise.all([testDatabase(), testNats(), testAuthority()]);
  ingest = await bootIngest({ database, nats, issuer: authority });
  bus = await testBus(nats);
});

afterAll(async () => {
  for (const part of [ingest, bus, nats, database, authority]) await part[Symbol.asyncDispose]();
});

/** Not only the name: random ids contain it too, because its letters are hexadecimal digits. */
const PERSON = /ada@|ada-object|ada and friends/i;

const people = {
  beneficiary: { emailId: 'ada@fabrikam.example', objectId: 'ada-object', tenantId: 'fabrikam' },
};

async function stored(subscriptionId: string): Promise<void> {
  const body = notification({
    subscriptionId,
    action: 'Renew',
    subscription: { id: subscriptionId, name: 'Ada and friends', planId: 'growth', ...people },
  });
  expect((await deliver(ingest, await authority.token(), body)).status).toBe(200);
}

const bodies = async (subscriptionId: string) =>
  (await storedRows(database))
    .filter((row) => row.subscription_id === subscriptionId)
    .map((row) => row.body);

test('persons are erased from the stored notifications of an erased subscription, and from no others', async () => {
  const [erased, other] = [randomUUID(), randomUUID()];
  await stored(erased);
  await stored(erased);
  await stored(other);
  const fact = {
    eventId: randomUUID(),
    kind: 'personalDataErased' as const,
    occurredAt: new Date().toISOString(),
    subscription: {
      id: erased,
      publisherId: 'contoso',
      offerId: 'analytics',
      planId: 'growth',
      quantity: null,
      status: 'Unsubscribed',
      term: {},
      isFreeTrial: false,
      version: 9,
    },
  };
  const envelope = { messageId: fact.eventId, correlationId: fact.eventId, occurredAt: new Date() };
  await bus.publish(subscriptionFactFor('personalDataErased'), fact, envelope);
  await until('the bodies are erased', async () => !PERSON.test((await bodies(erased)).join()));
  const left = await bodies(erased);
  expect(left).toHaveLength(2);
  for (const body of left) {
    expect(body).not.toMatch(PERSON);
    expect(body).toContain('"tenantId":"fabrikam"');
    expect(body).toContain('"planId":"growth"');
  }
  expect((await bodies(other))[0]).toContain('ada@fabrikam.example');
});
