import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MatterClosed, MatterOpened } from '@landfall/contracts/matters';
import type { MatterView } from '@landfall/contracts/matter-procedures';
import { retention } from '@landfall/contracts/retention';
import type { Scope } from '@landfall/contracts/scopes';
import { fulfillmentMatters } from '@landfall/contracts/streams';
import { matterClosedFactOf, matterOpenedFactOf } from '@landfall/contracts/subjects';
import {
  testDatabase,
  testNats,
  type TestDatabase,
  type TestNats,
} from '@landfall/servers/testing';
import { until } from '@landfall/servers/wait';
import type { Bus } from '@landfall/service-kit/bus';
import { applyRetention } from '@landfall/service-kit/retention';
import type { Db } from '../src/db/schema.ts';
import { matterCommands } from '../src/matters/commands.ts';
import { matterQueries } from '../src/matters/queries.ts';
import { putRole } from '../src/store/operators.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  testBus,
  type Gateway,
} from './fixture.ts';

let database: TestDatabase;
let nats: TestNats;
let gateway: Gateway;
let db: Db;
let bus: Bus;

const owner = 'fulfillment-worker';
const opened = matterOpenedFactOf(owner);
const closed = matterClosedFactOf(owner);
const both: readonly Scope[] = ['matters:read', 'matters:write'];

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase({ services: ['gateway'] }), testNats()]);
  gateway = await bootGateway({ database, nats });
  [db, bus] = await Promise.all([openGatewayDatabase(database), testBus(nats)]);
});
afterAll(async () => {
  for (const part of [gateway, db, bus, nats, database]) await part[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await db.kysely.deleteFrom('matters').execute();
});

function matterOf(content: Partial<MatterOpened> = {}): MatterOpened {
  return {
    id: randomUUID(),
    owner,
    version: 1,
    kind: 'not-configured',
    key: randomUUID(),
    subject: { type: 'subscription', id: 's1' },
    publisherId: 'contoso',
    offerId: 'analytics',
    subscriptionId: 's1',
    severity: 'warning',
    params: { plan: 'gold', days: 5 },
    since: '2026-11-15T10:00:00.000Z',
    openedAt: '2026-11-15T10:00:00.000Z',
    ...content,
  };
}

const envelope = () => ({ messageId: randomUUID(), correlationId: 'c', occurredAt: new Date() });

async function open(content: Partial<MatterOpened> = {}): Promise<MatterOpened> {
  const matter = matterOf(content);
  await bus.publish(opened, matter, envelope());
  await taken(`${matter.id} has version ${matter.version}`, async () => {
    const row = await rowOf(matter.id);
    return row !== undefined && row.version >= matter.version;
  });
  return matter;
}

const taken = (what: string, ask: () => Promise<boolean>) => until(what, ask);

function rowOf(id: string) {
  return db.kysely.selectFrom('matters').selectAll().where('id', '=', id).executeTakeFirst();
}

async function close(matter: MatterOpened): Promise<void> {
  await bus.publish(closed, closingOf(matter), envelope());
  await taken('it has ended', async () => (await rowOf(matter.id))?.endedAt != null);
}

function closingOf({ id, kind, publisherId, subscriptionId }: MatterOpened): MatterClosed {
  const closedAt = '2026-11-16T10:00:00.000Z';
  return { id, kind, owner, publisherId, subscriptionId, closedAt, by: 'itself' };
}

async function call(path: string, input: object, of?: { publisherId?: string; method?: 'POST' }) {
  const key = await makeKey(db, both, of?.publisherId);
  const json = JSON.stringify(input);
  const headers = { authorization: `Bearer ${key.text}`, 'content-type': 'application/json' };
  const { body } =
    of?.method === 'POST'
      ? await rawRequest(gateway, `/trpc/${path}`, { method: 'POST', headers, body: json })
      : await rawRequest(gateway, `/trpc/${path}?input=${encodeURIComponent(json)}`, { headers });
  const { result, error } = JSON.parse(body) as {
    result?: { data: unknown };
    error?: { data: { rejection?: string }; message: string };
  };
  return { data: result?.data, rejection: error?.data.rejection, message: error?.message };
}

async function list(input: object = {}, publisherId?: string): Promise<MatterView[]> {
  const { data, message } = await call('matters.list', input, publisherId ? { publisherId } : {});
  expect(message).toBeUndefined();
  return (data as { items: MatterView[] }).items;
}

const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);

test('a matter appears with its texts, and is closed when its owner no longer finds it', async () => {
  const matter = await open();
  const [item] = await list();
  expect(item).toMatchObject({
    id: matter.id,
    kind: 'not-configured',
    state: 'open',
    severity: 'warning',
    closes: 'itself',
    subject: { type: 'subscription', id: 's1' },
  });
  for (const text of [item?.title, item?.cause, item?.effect, item?.nextStep]) {
    expect(text).toMatch(/\w+ \w+/);
  }

  await close(matter);

  expect(await list()).toEqual([]);
  expect(await list({ state: 'closed' })).toMatchObject([
    { id: matter.id, closedBy: 'itself', closedAt: '2026-11-16T10:00:00.000Z' },
  ]);
});

test('a matter that was closed before it was opened does not appear as open', async () => {
  const matter = matterOf();
  await bus.publish(closed, closingOf(matter), envelope());
  await taken('the fact is taken', async () => (await rowOf(matter.id)) !== undefined);
  expect(await list({ state: 'closed' })).toEqual([]);

  await open(matter);

  expect(await list()).toEqual([]);
  expect(await list({ state: 'closed' })).toMatchObject([{ id: matter.id, severity: 'warning' }]);
});

test('an older version that arrives late changes nothing', async () => {
  const matter = await open({ version: 2, severity: 'critical' });
  await bus.publish(opened, { ...matter, version: 1, severity: 'info' }, envelope());
  const later = await open();
  expect(idsOf(await list())).toEqual([matter.id, later.id]);
  expect(await list({ severities: ['critical'] })).toHaveLength(1);
});

test('critical ones come first, then what is due next, then the oldest, on every page', async () => {
  const at = (hour: number) => `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const info = await open({ severity: 'info', dueAt: at(1) });
  const old = await open({ openedAt: at(2) });
  const young = await open({ openedAt: at(3) });
  const late = await open({ dueAt: at(9) });
  const soon = await open({ dueAt: at(8) });
  const critical = await open({ severity: 'critical' });
  const expected = [critical, soon, late, old, young, info].map(({ id }) => id);
  expect(idsOf(await list())).toEqual(expected);

  const pages: string[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const { data } = await call('matters.list', { limit: 1, ...(cursor && { cursor }) });
    const page = data as { items: MatterView[]; nextCursor?: string };
    pages.push(...idsOf(page.items));
    cursor = page.nextCursor;
  }
  expect(pages).toEqual(expected);
});

test('the list can be limited by kind, subscription, offer, due time and severity', async () => {
  const plain = await open();
  const other = await open({
    kind: 'task-parked',
    subscriptionId: 's2',
    offerId: 'backup',
    severity: 'critical',
    dueAt: '2026-11-20T00:00:00.000Z',
  });
  const found = async (input: object) => idsOf(await list(input));
  expect(await found({ kinds: ['task-parked'] })).toEqual([other.id]);
  expect(await found({ subscriptionId: 's1' })).toEqual([plain.id]);
  expect(await found({ offerId: 'backup' })).toEqual([other.id]);
  expect(await found({ severities: ['warning'] })).toEqual([plain.id]);
  expect(await found({ severities: [] })).toEqual([]);
  expect(await found({ dueBefore: '2026-11-20T00:00:01.000Z' })).toEqual([other.id]);
  expect(await found({ dueBefore: '2026-11-20T00:00:00.000Z' })).toEqual([]);
});

test('the counts say how many are open by severity and kind, overdue and snoozed, and what is due next', async () => {
  const future = new Date(Date.now() + 3_600_000).toISOString();
  await open({ severity: 'critical', dueAt: '2026-11-01T00:00:00.000Z' });
  await open({ dueAt: future });
  await open({ kind: 'task-parked' });
  await close(await open());
  const { data } = await call('matters.counts', {});
  expect(data).toEqual({
    open: 3,
    critical: 1,
    warning: 2,
    info: 0,
    overdue: 1,
    snoozed: 0,
    byKind: [
      { kind: 'not-configured', count: 2 },
      { kind: 'task-parked', count: 1 },
    ],
    nextDueAt: future,
  });
});

test('a caller with one publisher sees and changes only the matters of that publisher', async () => {
  const theirs = await open({ publisherId: 'fabrikam' });
  const everyones = await open({ kind: 'backup-old', publisherId: undefined });
  const ours = await open();
  expect(idsOf(await list({}, 'contoso'))).toEqual([ours.id]);
  expect(await call('matters.counts', {}, { publisherId: 'contoso' })).toMatchObject({
    data: { open: 1 },
  });
  for (const { id: matterId } of [theirs, everyones]) {
    const of = { publisherId: 'contoso' };
    expect(await call('matters.get', { matterId }, of)).toMatchObject({
      rejection: 'matter.not-found',
    });
    const closing = { matterId, reason: 'mine now' };
    expect(await call('matters.close', closing, { ...of, method: 'POST' })).toMatchObject({
      rejection: 'matter.not-found',
    });
  }
  expect(await list()).toHaveLength(3);
});

test('a kind of a newer version has a general text', async () => {
  await open({ kind: 'from-the-future', params: { anything: 1 } });
  const [item] = await list();
  expect(item?.title).toContain('from-the-future');
  expect(item?.nextStep).not.toBe('');
});

async function act(name: string, input: object) {
  const { data, rejection } = await call(`matters.${name}`, input, { method: 'POST' });
  return { view: data as MatterView | undefined, rejection };
}

interface History {
  readonly history: readonly { event: string; by?: string; reason?: string; details?: object }[];
}

async function historyOf(matterId: string) {
  const { data } = await call('matters.get', { matterId });
  return (data as History).history;
}

test('a person closes a matter with a reason; who, when and why stay in its history, and others are told', async () => {
  const { id: matterId } = await open();
  const told: MatterClosed[] = [];
  await using _ = await bus.consume(fulfillmentMatters, async (fact) => {
    if ('closedAt' in fact) told.push(fact);
  });
  const { view } = await act('close', { matterId, reason: 'The customer called.' });

  expect(view).toMatchObject({ state: 'closed', closedBy: 'person' });
  expect(await list()).toEqual([]);
  expect(await list({ state: 'closed' })).toMatchObject([
    { id: matterId, closedReason: 'The customer called.' },
  ]);
  expect(await historyOf(matterId)).toMatchObject([
    { event: 'opened' },
    { event: 'closed', by: expect.stringMatching(/^key /), reason: 'The customer called.' },
  ]);
  const closing = await until('the fact is published', () =>
    told.find(({ id, by }) => id === matterId && by === 'person'),
  );
  // Who closed it, and what the person wrote, stay in the gateway.
  expect(Object.keys(closing).toSorted()).toEqual([
    'by',
    'closedAt',
    'id',
    'kind',
    'owner',
    'publisherId',
    'subscriptionId',
  ]);
  expect(await act('close', { matterId, reason: 'again' })).toMatchObject({
    rejection: 'matter.closed',
  });
});

test('a matter that a person has closed stays closed when it changes, and comes back when it becomes worse', async () => {
  const matter = await open({ severity: 'warning' });
  await act('close', { matterId: matter.id, reason: 'Later.' });

  await open({ ...matter, version: 2, params: { plan: 'gold', days: 4 } });
  expect(await list()).toEqual([]);

  await open({ ...matter, version: 3, severity: 'critical' });
  expect(await list()).toMatchObject([{ id: matter.id, severity: 'critical', state: 'open' }]);
  expect((await historyOf(matter.id)).map(({ event }) => event)).toEqual([
    'opened',
    'closed',
    'changed',
    'reopened',
  ]);
});

test('a person opens a matter again, unless its cause is gone', async () => {
  const matter = await open();
  const matterId = matter.id;
  expect(await act('reopen', { matterId })).toMatchObject({ rejection: 'matter.open' });
  await act('close', { matterId, reason: 'Too early.' });
  expect((await act('reopen', { matterId, reason: 'Not yet.' })).view).toMatchObject({
    state: 'open',
  });
  expect(await list()).toMatchObject([{ id: matterId }]);

  await act('close', { matterId, reason: 'Really.' });
  await close(matter);
  expect(await act('reopen', { matterId })).toMatchObject({ rejection: 'matter.ended' });
  // What the person said about it stays.
  expect(await list({ state: 'closed' })).toMatchObject([
    { closedBy: 'person', closedReason: 'Really.' },
  ]);
});

test('a snoozed matter is hidden until its time, and comes back at once if it becomes critical', async () => {
  const matter = await open();
  const matterId = matter.id;
  const until_ = new Date(Date.now() + 3_600_000).toISOString();
  const { view } = await act('snooze', { matterId, until: until_, reason: 'On Monday.' });
  expect(view).toMatchObject({ snoozedUntil: until_ });
  expect(await list()).toEqual([]);
  expect(idsOf(await list({ withSnoozed: true }))).toEqual([matterId]);
  expect(await call('matters.counts', {})).toMatchObject({ data: { open: 1, snoozed: 1 } });

  await open({ ...matter, version: 2, severity: 'critical' });
  expect(await list()).toMatchObject([{ id: matterId }]);

  await act('snooze', { matterId, until: new Date(Date.now() - 1).toISOString() });
  expect(idsOf(await list())).toEqual([matterId]);
  await act('snooze', { matterId, until: until_ });
  await act('snooze', { matterId, until: null });
  expect(idsOf(await list())).toEqual([matterId]);
});

test('a matter is given to a person who may see it, and to no one else', async () => {
  const { id: matterId } = await open();
  const person = { tenantId: randomUUID(), objectId: randomUUID() };
  const foreign = { tenantId: person.tenantId, objectId: randomUUID() };
  const role = { role: 'operator', createdBy: 'a test', at: new Date() } as const;
  await putRole(db, { ...person, ...role, publisherId: 'contoso' });
  await putRole(db, { ...foreign, ...role, publisherId: 'fabrikam' });

  const { view } = await act('assign', { matterId, to: person.objectId });

  expect(view?.assignedTo).toMatchObject(person);
  expect(idsOf(await list({ assignedTo: person.objectId }))).toEqual([matterId]);
  expect(await list({ assignedTo: 'nobody' })).toEqual([]);
  expect(await act('assign', { matterId, to: foreign.objectId })).toMatchObject({
    rejection: 'matter.no-access',
  });
  expect(await act('assign', { matterId, to: 'me' })).toMatchObject({
    rejection: 'matter.no-person',
  });
  await act('assign', { matterId, to: null });
  expect(idsOf(await list({ assignedTo: 'nobody' }))).toEqual([matterId]);
});

test('a person who is signed in takes a matter, and finds it among theirs', async () => {
  const { id: matterId } = await open();
  const ids = { tenantId: randomUUID(), objectId: randomUUID() };
  const caller = { kind: 'operator', ...ids, scopes: both } as const;
  const deadline = new Date(Date.now() + 10_000);
  const asked = { caller, correlationId: 'c', deadline };
  const deps = { db, now: () => new Date(), wakeRelay() {} };
  const page = { state: 'open', withSnoozed: false, limit: 10, assignedTo: 'me' } as const;

  await matterCommands(deps).assign({ matterId, to: 'me' }, asked);

  const found = await matterQueries(deps).list(page, asked);
  expect(found).toMatchObject({ items: [{ id: matterId, assignedTo: ids }] });
});

test('the audit log says who closed what, without what the person wrote about it', async () => {
  const { id: matterId } = await open();
  await act('close', { matterId, reason: 'Ms Doe called.' });
  const [entry] = await db.kysely
    .selectFrom('auditEntries')
    .selectAll()
    .where('subject', '=', matterId)
    .execute();
  expect(entry).toMatchObject({
    procedure: 'matters.close',
    outcome: 'done',
    publisherId: null,
    reason: 'Ms Doe called.',
  });
  expect(entry?.after).toContain('closed');
  expect(`${entry?.before}${entry?.after}`).not.toContain('Doe');
});

test('closed matters are removed with their history after 400 days, and open ones stay', async () => {
  const now = new Date();
  const old = await open();
  const young = await open();
  const stays = await open();
  await act('close', { matterId: old.id, reason: 'x' });
  await act('close', { matterId: young.id, reason: 'x' });
  const closedAt = new Date(now.getTime() - 401 * 86_400_000);
  await db.kysely.updateTable('matters').set({ closedAt }).where('id', '=', old.id).execute();
  const config = { KEEP_CLOSED_MATTERS_DAYS: 400 };
  const rules = retention.gateway.rules.filter(({ table }) => table === 'matters');

  await applyRetention(
    { database: db, rules, config, now: () => now },
    new AbortController().signal,
  );

  const kept = await db.kysely.selectFrom('matters').select('id').execute();
  expect(idsOf(kept).toSorted()).toEqual([young.id, stays.id].toSorted());
  const events = await db.kysely
    .selectFrom('matterEvents')
    .select('matterId')
    .where('matterId', '=', old.id)
    .execute();
  expect(events).toEqual([]);
});
