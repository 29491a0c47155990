import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import { ingestProcedures } from '@landfall/contracts/ingest-procedures';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Bus } from '@landfall/service-kit/bus';
import { testAuthority, type TestAuthority } from './authority.ts';
import { bootIngest, operatorClient, query, storedRows, testBus, type Ingest } from './fixture.ts';

/** Notifications of two publishers, and a key that is limited to one of them. */
const OURS = 'contoso';
const THEIRS = 'northwind';

let database: TestDatabase;
let nats: TestNats;
let authority: TestAuthority;
let bus: Bus;
let ingest: Ingest;
let limited: ReturnType<typeof operatorClient>;
let unlimited: ReturnType<typeof operatorClient>;

beforeAll(async () => {
  [database, nats, authority] = await Promise.all([testDatabase(), testNats(), testAuthority()]);
  ingest = await bootIngest({ database, nats, issuer: authority });
  bus = await testBus(nats);
  [limited, unlimited] = [operatorClient(bus, OURS), operatorClient(bus)];
});
afterAll(async () => {
  for (const part of [ingest, bus, nats, database, authority]) await part[Symbol.asyncDispose]();
});

const requestedBy = 'operator 7';

/** A published notification. In rows written before the publisher was stored, it is null. */
async function stored(publisherId: string | null): Promise<string> {
  const id = randomUUID();
  await query(
    database,
    `insert into notifications (id, dedupe_key, publisher_id, subscription_id, action, body, problems,
       correlation_id, received_at, deliveries, last_delivered_at, verdict, published_at)
     values ($1::uuid, $1::text, $2, $1::text, 'Renew', '{}', '[]', $1::text, now(), 1, now(), 'accepted',
       now())`,
    [id, publisherId],
  );
  return id;
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorDetails(error)?.rejection,
  );
const listed = async (client: typeof unlimited, input = {}) =>
  (await client.notifications.list.query(input)).items.map(({ id }) => id);

/** A test for each public procedure, by its name. The first test below requires one for each. */
const tests = {
  async list() {
    const [own, foreign, old] = [await stored(OURS), await stored(THEIRS), await stored(null)];
    expect(await listed(limited)).toEqual(expect.arrayContaining([own]));
    expect(await listed(limited)).not.toEqual(expect.arrayContaining([foreign]));
    expect(await listed(limited)).not.toEqual(expect.arrayContaining([old]));
    expect(await listed(limited, { limit: 1 })).toEqual([own]);
    expect(await listed(limited, { subscriptionId: foreign })).toEqual([]);
    expect(await listed(unlimited)).toEqual(expect.arrayContaining([own, foreign, old]));
    expect(await failureOf(limited.notifications.list.query({ publisherId: THEIRS }))).toBe(
      'publisher.not-found',
    );
  },

  async get() {
    const own = await stored(OURS);
    const found = await limited.notifications.get.query({ notificationId: own });
    expect(found).toMatchObject({ id: own, publisherId: OURS });
    for (const notificationId of [await stored(THEIRS), await stored(null), randomUUID()]) {
      const asked = limited.notifications.get.query({ notificationId });
      expect(await failureOf(asked)).toBe('notification.not-found');
    }
    expect(ingest.lines.join('')).toContain("a key asked for another publisher's data");
  },

  async summary() {
    const received = async (client: typeof limited) => {
      const { days } = await client.notifications.summary.query({});
      return days.reduce((sum, day) => sum + day.received, 0);
    };
    const [own, all] = [await received(limited), await received(unlimited)];
    for (const publisherId of [OURS, THEIRS, null]) await stored(publisherId);
    expect(await received(limited)).toBe(own + 1);
    expect(await received(unlimited)).toBe(all + 3);
    const foreign = limited.notifications.summary.query({ publisherId: THEIRS });
    expect(await failureOf(foreign)).toBe('publisher.not-found');
  },

  async replay() {
    const [own, foreign] = [await stored(OURS), await stored(THEIRS)];
    const { replay } = limited.notifications;
    const wanted = { requestedBy, dryRun: false };
    const named = replay.mutate({ ...wanted, notificationId: foreign });
    expect(await failureOf(named)).toBe('notification.not-found');
    const none = { matched: 0, replayed: 0 };
    expect(await replay.mutate({ ...wanted, subscriptionId: foreign })).toEqual(none);
    expect(await replay.mutate({ ...wanted, subscriptionId: own })).toMatchObject({ replayed: 1 });
    expect(await replay.mutate({ ...wanted, action: 'Renew' })).not.toEqual(none);
    const rows = (await storedRows(database)).filter(({ id }) => id === foreign);
    expect(rows).toMatchObject([{ replays: 0 }]);
  },

  async counters() {
    expect(await failureOf(limited.notifications.counters.query({}))).toBe('publisher.limited');
    expect(await failureOf(unlimited.notifications.counters.query({}))).toBeUndefined();
  },
};

test('every public procedure of this service is tested with a limited key', () => {
  expect(Object.keys(tests)).toEqual(Object.keys(ingestProcedures.notifications));
});

test.each(Object.entries(tests))(
  'notifications.%s gives a limited key no access to anything of another publisher',
  async (_name, reaches) => await reaches(),
);

test('no answer to a limited key changes when another publisher gets one more notification', async () => {
  // Replays of the tests above change what is seen once more when they are published.
  await until('nothing waits to be published', async () => {
    const { unpublished } = await unlimited.notifications.counters.query({});
    return unpublished === 0;
  });
  const own = await stored(OURS);
  const seenBy = async (client: typeof unlimited) => {
    const pages = [];
    for (let cursor: string | undefined; pages.length < 100;) {
      const page = await client.notifications.list.query({ limit: 1, cursor });
      pages.push(page);
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    const counted = await client.notifications.replay.mutate({ requestedBy, action: 'Renew' });
    const one = await client.notifications.get.query({ notificationId: own });
    return JSON.stringify([pages, counted, one]);
  };
  const [before, beforeOfAll] = [await seenBy(limited), await seenBy(unlimited)];

  await stored(THEIRS);

  expect(await seenBy(limited)).toBe(before);
  expect(await seenBy(unlimited)).not.toBe(beforeOfAll);
});

test('a filter with only a publisher is not enough for a replay', async () => {
  const everything = unlimited.notifications.replay.mutate({ requestedBy, publisherId: OURS });
  await expect(everything).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } });
});
