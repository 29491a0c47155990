import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subscriptionFactFor } from '@landfall/contracts/subjects';
import { connectBus } from '@landfall/service-kit/bus';
import { openDatabase } from '@landfall/service-kit/database';
import { createLogger } from '@landfall/service-kit/log';
import type { LandingTables } from '../src/db/schema.ts';
import { recordEvent } from '../src/store/events.ts';
import { foundOwner } from '../src/store/members.ts';
import { until } from '@landfall/servers/wait';
import { type Fixture, openFixture } from './fixture.ts';

const log = createLogger('test', 'silent');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

test('an erasure deletes the visits and people of the subscription, removes the people from its events, and changes nothing else', async () => {
  const url = fixture.database.urlFor('landing');
  await using database = await openDatabase<LandingTables>({
    url,
    service: 'landing',
    log,
  });
  const db = database.kysely;
  const visitor = { tenantId: 'fabrikam', objectId: 'ada-object' };
  const visited = async (subscriptionId: string) => {
    const id = randomUUID();
    await db
      .insertInto('visits')
      .values({
        id,
        supportCode: id,
        correlationId: id,
        tokenSealed: null,
        expiresAt: new Date(Date.now() + 86_400_000),
        subscriptionId,
        objectId: visitor.objectId,
      })
      .execute();
    await foundOwner(db, { subscriptionId, who: { ...visitor, name: 'Ada' }, at: new Date() });
    const visit = { id, subscriptionId };
    const seen = { visitor, correlationId: id };
    await recordEvent(db, { ...seen, kind: 'visit.opened', visit: { id, subscriptionId: null } });
    const about = { ...visitor };
    await recordEvent(db, { ...seen, kind: 'confirmation.handedOver', visit, about });
    return id;
  };
  const [erased, other] = [randomUUID(), randomUUID()];
  const visitOfErased = await visited(erased);
  const visitOfOther = await visited(other);

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
  await using bus = await connectBus({ url: fixture.natsUrl, name: 'fulfillment-worker', log });
  const envelope = { messageId: fact.eventId, correlationId: fact.eventId, occurredAt: new Date() };
  await bus.publish(subscriptionFactFor('personalDataErased'), fact, envelope);

  await until('only the visits of the other subscription are left', async () => {
    const visits = await fixture.rows('visits');
    return visits.map((row) => row['subscription_id']).join() === other;
  });
  const members = await fixture.rows('members');
  expect(members.map((row) => row['subscription_id'])).toEqual([other]);
  const events = await fixture.rows('events');
  const abouts = events.filter((row) => row['about_object_id'] !== null);
  expect(abouts.map((row) => row['subscription_id'])).toEqual([other]);
  const peopleOf = (visitId: string) =>
    events.filter((row) => row['visit_id'] === visitId).map((row) => row['object_id']);
  expect(peopleOf(visitOfErased)).toEqual([null, null]);
  expect(peopleOf(visitOfOther)).toEqual([visitor.objectId, visitor.objectId]);
});
