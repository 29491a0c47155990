import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scopes } from '@landfall/contracts/scopes';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import type { Bus } from '@landfall/service-kit/bus';
import { sql } from 'kysely';
import { runUpkeep } from '../src/audit/upkeep.ts';
import type { Db } from '../src/db/schema.ts';
import { appendEntries } from '../src/store/audit.ts';
import { createAppender } from '../src/store/audit-append.ts';
import { entry } from './audit-entry.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  serveFulfillment,
  silent,
  testBus,
  type Gateway,
} from './fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let bus: Bus;
let db: Db;

beforeAll(async () => {
  nats = await testNats();
  bus = await testBus(nats);
});
afterAll(async () => {
  for (const part of [bus, nats]) await part[Symbol.asyncDispose]();
});

/** A chain of its own for each test, because a broken one stays broken. */
beforeEach(async () => {
  database = await testDatabase({ services: ['gateway'] });
  gateway = await bootGateway({ database, nats });
  db = await openGatewayDatabase(database);
  return async () => {
    for (const part of [gateway, db, database]) await part[Symbol.asyncDispose]();
  };
});

async function call(path: string, input: object, options: CallOptions = {}) {
  const key = options.key ?? (await makeKey(db, scopes));
  const json = JSON.stringify(input);
  const headers = { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' };
  const isQuery = path.startsWith('audit.');
  const { status, body } = await rawRequest(
    gateway,
    isQuery ? `/trpc/${path}?input=${encodeURIComponent(json)}` : `/trpc/${path}`,
    isQuery ? { headers } : { method: 'POST', headers, body: json },
  );
  const answer = JSON.parse(body) as { result?: { data: never }; error?: { message: string } };
  if (!answer.result) throw new Error(`${status} ${answer.error?.message}`);
  return answer.result.data as Record<string, never>;
}

interface CallOptions {
  readonly key?: { readonly text: string } | undefined;
}

interface Shown {
  readonly sequence: string;
  readonly actor: string;
  readonly hash: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const list = async (input: object, options?: CallOptions) =>
  (await call('audit.list', input, options)) as unknown as {
    items: Shown[];
    nextCursor?: string;
  };
const verify = (input: object = {}) => call('audit.verify', input);

describe('the chain', () => {
  test('is intact after many commands at a time, and its end can be checked again later', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        appendEntries(
          db,
          Array.from({ length: 5 }, () => entry({ subject: `sub-${n}` })),
        ),
      ),
    );
    const first = await verify();
    expect(first).toMatchObject({ isIntact: true, checked: 200, lastSequence: '200' });

    await appendEntries(db, [entry()]);
    const noted = { fromSequence: first['lastSequence'], hash: first['lastHash'] };
    expect(await verify(noted)).toMatchObject({ isIntact: true, checked: 2 });
  });

  test('stays whole while several processes append, each from what it has appended last', async () => {
    const processes = [createAppender(db), createAppender(db), createAppender(db)];
    await Promise.all(
      processes.map(async (process, n) => {
        for (let round = 0; round < 20; round += 1)
          await process.append([entry({ subject: `sub-${n}` }), entry({ subject: `sub-${n}` })]);
      }),
    );
    expect(await verify()).toMatchObject({ isIntact: true, checked: 120, lastSequence: '120' });
  });

  test('has every value of an entry that was appended to a known end', async () => {
    const { append } = createAppender(db);
    await append([entry()]);
    const full = entry({
      publisherId: 'contoso',
      subject: 'sub-1',
      reason: '{"a", \\"b",NULL}',
      requestedBy: 'CHG-1',
      approvedBy: '(person)',
      source: '192.0.2.0/24',
      before: '{"rules":[]}',
      after: '{"rules":[{"id":"ä€"}]}',
      times: 3,
    });
    await append([full, entry({ outcome: 'dry-run' })]);
    expect(await verify()).toMatchObject({ isIntact: true, checked: 3 });
    const stored = await db.kysely
      .selectFrom('auditEntries')
      .selectAll()
      .where('sequence', '=', '2')
      .executeTakeFirstOrThrow();
    expect(stored).toMatchObject(full);
  });

  test('continues after the end that a restored backup has', async () => {
    const { append } = createAppender(db);
    await append([entry(), entry()]);
    await append([entry()]);
    await withoutTriggers(sql`delete from audit_entries where sequence > 1`);
    await append([entry()]);
    expect(await verify()).toMatchObject({ isIntact: true, checked: 2, lastSequence: '2' });
  });

  test('counts refused calls above their number per hour, also after commands that succeeded', async () => {
    const { append } = createAppender(db);
    await append([entry()]);
    await append(Array.from({ length: 60 }, () => entry({ outcome: 'FORBIDDEN' })));
    await append([entry()]);
    expect(await verify()).toMatchObject({ isIntact: true, checked: 52 });
  });

  test('shows which entry was changed, by a role that can switch the triggers off', async () => {
    await appendEntries(db, [entry(), entry({ reason: 'typo' }), entry()]);
    await withoutTriggers(
      sql`update audit_entries set reason = 'nothing to see' where sequence = 2`,
    );
    expect(await verify()).toMatchObject({ isIntact: false, brokenAt: '2' });
    expect(await verify({ fromSequence: '3' })).toMatchObject({ isIntact: true, checked: 1 });
  });

  test('shows an entry that was removed', async () => {
    await appendEntries(db, [entry(), entry(), entry()]);
    await withoutTriggers(sql`delete from audit_entries where sequence = 2`);
    expect(await verify()).toMatchObject({ isIntact: false, brokenAt: '2' });
  });

  test('that was rewritten as a whole does not have the hash that was noted before', async () => {
    await appendEntries(db, [entry(), entry()]);
    const { lastSequence: fromSequence, lastHash: hash } = await verify();
    await withoutTriggers(sql`delete from audit_entries`);
    await appendEntries(db, [entry(), entry()]);
    expect(await verify()).toMatchObject({ isIntact: true });
    expect(await verify({ fromSequence, hash })).toMatchObject({ isIntact: false, brokenAt: '2' });
  });
});

async function withoutTriggers(statement: ReturnType<typeof sql>): Promise<void> {
  await db.kysely.transaction().execute(async (trx) => {
    await sql`alter table audit_entries disable trigger user`.execute(trx);
    await statement.execute(trx);
    await sql`alter table audit_entries enable trigger user`.execute(trx);
  });
}

test.each([
  ['changed', sql`update audit_entries set outcome = 'done'`],
  ['removed', sql`delete from audit_entries`],
  ['emptied as a table', sql`truncate audit_entries`],
  [
    'passed by the anchor',
    sql`update audit_anchor a set sequence = e.sequence, hash = e.hash from audit_entries e`,
  ],
])('an entry of the last thirty days cannot be %s', async (_what, statement) => {
  await appendEntries(db, [
    entry({ at: new Date(Date.now() - 29 * DAY_MS), outcome: 'FORBIDDEN' }),
  ]);
  await expect(statement.execute(db.kysely)).rejects.toThrow(/audit log/);
  expect((await list({})).items).toHaveLength(1);
});

test('entries are removed when their time is over, and the rest can still be verified', async () => {
  const old = new Date(Date.now() - 41 * DAY_MS);
  await appendEntries(
    db,
    Array.from({ length: 1_500 }, () => entry({ at: old })),
  );
  await appendEntries(db, [entry(), entry()]);
  const upkeep = { db, log: silent, machineNow: () => new Date(), config: { KEEP_AUDIT_DAYS: 40 } };
  await runUpkeep(upkeep, new AbortController().signal);
  expect((await list({})).items.map(({ sequence }) => sequence)).toEqual(['1502', '1501']);
  expect(await verify()).toMatchObject({ isIntact: true, checked: 2, lastSequence: '1502' });
  await withoutTriggers(sql`delete from audit_entries where sequence = 1501`);
  expect(await verify()).toMatchObject({ isIntact: false, brokenAt: '1501' });
});

test('what the previous version has written becomes part of the chain', async () => {
  const row = (keyId: string, minutesAgo: number) => ({
    at: new Date(Date.now() - minutesAgo * 60_000),
    keyId,
    publisherId: null,
    procedure: 'settings.put',
    subject: null,
    outcome: 'done',
    correlationId: 'c',
    foldKey: null,
  });
  await db.kysely
    .insertInto('auditLog')
    .values([row('abc', 3), row('operator t/o', 5)])
    .execute();
  const upkeep = { db, log: silent, machineNow: () => new Date(), config: { KEEP_AUDIT_DAYS: 40 } };
  await runUpkeep(upkeep, new AbortController().signal);
  expect((await list({})).items.map(({ actor }) => actor)).toEqual(['key abc', 'operator t/o']);
  expect(await verify()).toMatchObject({ isIntact: true, checked: 2 });
  expect(await db.kysely.selectFrom('auditLog').selectAll().execute()).toEqual([]);
});

describe('audit.list', () => {
  test('gives each entry once over all pages, newest first, and filters', async () => {
    const at = new Date();
    await appendEntries(db, [
      ...Array.from({ length: 5 }, () => entry({ at })),
      entry({ procedure: 'settings.put', subject: 'offer-1', actor: 'operator t/o' }),
      entry({ procedure: 'policies.puts', outcome: 'FORBIDDEN', at: new Date(at.getTime() - 1) }),
    ]);
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ sequence }) => sequence));
      cursor = page.nextCursor;
    }
    expect(seen.toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(seen.at(-1)).toBe('7');

    const count = async (filter: object) => (await list(filter)).items.length;
    expect(await count({ procedure: 'policies' })).toBe(6);
    expect(await count({ procedure: 'policies.put' })).toBe(5);
    expect(await count({ subject: 'offer-1' })).toBe(1);
    expect(await count({ actor: 'operator t/o' })).toBe(1);
    expect(await count({ outcome: 'FORBIDDEN' })).toBe(1);
    expect(await count({ until: at.toISOString() })).toBe(1);
  });

  test('shows a limited key only the entries of its publisher', async () => {
    await appendEntries(db, [
      entry({ publisherId: 'contoso' }),
      entry({ publisherId: 'fabrikam' }),
    ]);
    const key = await makeKey(db, scopes, 'contoso');
    const { items } = await list({}, { key });
    expect(items).toMatchObject([{ publisherId: 'contoso' }]);
  });

  test('has the label of the key, the caller’s network, and the reasons without names of people', async () => {
    await using _worker = serveFulfillment(bus, {
      subscriptions: { cancel: async () => ({ changeId: randomUUID(), state: 'requested' }) },
    });
    const key = await makeKey(db, scopes);
    await call(
      'subscriptions.cancel',
      { subscriptionId: 'sub-1', approvedBy: 'CHG-4711' },
      { key },
    );
    await call('subscriptions.cancel', { subscriptionId: 'sub-2', approvedBy: 'Ada L.' }, { key });
    const { items } = await list({ actor: `key ${key.id}` });
    expect(items).toMatchObject([
      { subject: 'sub-2', approvedBy: '(person)', actorLabel: 'test', from: '127.0.0.0/24' },
      { subject: 'sub-1', approvedBy: 'CHG-4711', outcome: 'done' },
    ]);
  });
});

describe('a command that changes configuration', () => {
  const destination = {
    id: randomUUID(),
    label: 'Product',
    channel: 'product' as const,
    recipients: [],
    matterKinds: [],
    severities: [],
    language: 'en' as const,
    digest: 'at-once' as const,
    digestHour: 8,
    timeZone: 'UTC',
    quietHours: null,
    url: 'https://hooks.contoso.example/in?sig=topsecret',
    types: [],
    offerIds: [],
    isOrdered: false,
    state: 'enabled' as const,
    secrets: [],
    createdAt: new Date().toISOString(),
  };
  const other = { ...destination, id: randomUUID(), label: 'Other' };

  test('has what it changed in its entry, without what stayed and without secrets', async () => {
    let current = destination;
    await using _worker = serveFulfillment(bus, {
      destinations: {
        list: async () => ({ items: [other, current] }),
        update: async ({ label = '', url = '' }) => (current = { ...current, label, url }),
      },
    });
    const { id: destinationId } = destination;
    const url = 'https://new.contoso.example/in?sig=othersecret';
    // The key may not read destinations. The gateway reads for itself.
    const key = await makeKey(db, ['destinations:write']);
    await call('destinations.update', { destinationId, label: 'Shop', url }, { key });
    const { items } = await list({ actor: `key ${key.id}` });
    expect(items).toMatchObject([
      {
        before: { items: [{ id: destinationId, label: 'Product' }] },
        after: { items: [{ id: destinationId, label: 'Shop' }] },
      },
    ]);
    const text = JSON.stringify(items);
    expect(text).toContain('https://new.contoso.example/… #');
    expect(text).not.toMatch(/secret"|sig=|topsecret|othersecret|Other/);
  });

  test('is done although its owner does not show the settings in time', async () => {
    const late = Promise.withResolvers<{ items: [] }>();
    await using _worker = serveFulfillment(bus, {
      destinations: {
        list: () => late.promise,
        disable: async () => destination,
      },
    });
    const startedAt = performance.now();
    await call('destinations.disable', { destinationId: destination.id });
    // One second before and one after it. An ordinary call would wait ten seconds each time.
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    late.resolve({ items: [] });
    const { items } = await list({ procedure: 'destinations.disable' });
    expect(items).toMatchObject([{ before: { notRead: true }, after: { notRead: true } }]);
  });
});
