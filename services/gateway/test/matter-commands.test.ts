import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MatterClosed } from '@landfall/contracts/matters';
import type { MatterView } from '@landfall/contracts/matter-procedures';
import { retention } from '@landfall/contracts/retention';
import { fulfillmentMatters } from '@landfall/contracts/streams';
import { until } from '@landfall/servers/wait';
import { applyRetention } from '@landfall/service-kit/retention';
import { matterCommands } from '../src/matters/commands.ts';
import { matterQueries } from '../src/matters/queries.ts';
import { putRole } from '../src/store/operators.ts';
import { idsOf, matterScopes, openMatterFixture, type MatterFixture } from './matter-fixture.ts';

let fixture: MatterFixture;

beforeAll(async () => {
  fixture = await openMatterFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(async () => {
  await fixture.db.kysely.deleteFrom('matters').execute();
});

const open: MatterFixture['open'] = (content) => fixture.open(content);
const close: MatterFixture['close'] = (matter) => fixture.close(matter);
const call: MatterFixture['call'] = (...asked) => fixture.call(...asked);
const list: MatterFixture['list'] = (...asked) => fixture.list(...asked);

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

test('a person closes a matter with a reason; its history keeps who, when and why, and a fact says that it is closed', async () => {
  const { id: matterId } = await open();
  const facts: MatterClosed[] = [];
  await using _ = await fixture.bus.consume(fulfillmentMatters, async (fact) => {
    if ('closedAt' in fact) facts.push(fact);
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
    facts.find(({ id, by }) => id === matterId && by === 'person'),
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
  const snoozedUntil = new Date(Date.now() + 3_600_000).toISOString();
  const { view } = await act('snooze', { matterId, until: snoozedUntil, reason: 'On Monday.' });
  expect(view).toMatchObject({ snoozedUntil });
  expect(await list()).toEqual([]);
  expect(idsOf(await list({ withSnoozed: true }))).toEqual([matterId]);
  expect(await call('matters.counts', {})).toMatchObject({ data: { open: 1, snoozed: 1 } });

  await open({ ...matter, version: 2, severity: 'critical' });
  expect(await list()).toMatchObject([{ id: matterId }]);

  await act('snooze', { matterId, until: new Date(Date.now() - 1).toISOString() });
  expect(idsOf(await list())).toEqual([matterId]);
  await act('snooze', { matterId, until: snoozedUntil });
  await act('snooze', { matterId, until: null });
  expect(idsOf(await list())).toEqual([matterId]);
});

test('a matter is given to a person who may see it, and to no one else', async () => {
  const { id: matterId } = await open();
  const person = { tenantId: randomUUID(), objectId: randomUUID() };
  const foreign = { tenantId: person.tenantId, objectId: randomUUID() };
  const role = { role: 'operator', createdBy: 'a test', at: new Date() } as const;
  await putRole(fixture.db, { ...person, ...role, publisherId: 'contoso' });
  await putRole(fixture.db, { ...foreign, ...role, publisherId: 'fabrikam' });

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
  const caller = { kind: 'operator', ...ids, scopes: matterScopes } as const;
  const deadline = new Date(Date.now() + 10_000);
  const asked = { caller, correlationId: 'c', deadline };
  const deps = {
    db: fixture.db,
    publicUrl: 'http://127.0.0.1',
    now: () => new Date(),
    wakeRelay() {},
  };
  const page = { state: 'open', withSnoozed: false, limit: 10, assignedTo: 'me' } as const;

  await matterCommands(deps).assign({ matterId, to: 'me' }, asked);

  const found = await matterQueries(deps).list(page, asked);
  expect(found).toMatchObject({ items: [{ id: matterId, assignedTo: ids }] });
});

test('the audit log says who closed what, without what the person wrote about it', async () => {
  const { id: matterId } = await open();
  await act('close', { matterId, reason: 'Ms Doe called.' });
  const [entry] = await fixture.db.kysely
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
  await fixture.db.kysely
    .updateTable('matters')
    .set({ closedAt })
    .where('id', '=', old.id)
    .execute();
  const config = { KEEP_CLOSED_MATTERS_DAYS: 400 };
  const rules = retention.gateway.rules.filter(({ table }) => table === 'matters');

  await applyRetention(
    { database: fixture.db, rules, config, now: () => now },
    new AbortController().signal,
  );

  const kept = await fixture.db.kysely.selectFrom('matters').select('id').execute();
  expect(idsOf(kept).toSorted()).toEqual([young.id, stays.id].toSorted());
  const events = await fixture.db.kysely
    .selectFrom('matterEvents')
    .select('matterId')
    .where('matterId', '=', old.id)
    .execute();
  expect(events).toEqual([]);
});
