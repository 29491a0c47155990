import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MatterView } from '@landfall/contracts/matter-procedures';
import { until } from '@landfall/servers/wait';
import {
  closedFact,
  closingOf,
  envelope,
  idsOf,
  matterOf,
  openedFact,
  openMatterFixture,
  type MatterFixture,
} from './matter-fixture.ts';

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
  expect(item?.title).toContain('gold');
  for (const text of [item?.title, item?.cause, item?.effect, item?.nextStep]) {
    expect(text).toMatch(/\w+ \w+/);
  }

  await close(matter);

  expect(await list()).toEqual([]);
  expect(await list({ state: 'closed' })).toMatchObject([
    { id: matter.id, closedBy: 'itself', closedAt: '2026-11-16T10:00:00.000Z' },
  ]);
});

test('a matter that is an alert links to its incident page, in the list and on its own', async () => {
  await open();
  const subject = { type: 'alert', id: 'ServiceSilent' };
  const alert = await open({ kind: 'alert', subject, severity: 'critical' });
  const [first, second] = await list();
  const page = 'http://127.0.0.1/docs/incidents#service-silent';
  expect(first).toMatchObject({ id: alert.id, incidentPage: page });
  expect(second).not.toHaveProperty('incidentPage');
  const got = await call('matters.get', { matterId: alert.id });
  expect(got.data).toMatchObject({ incidentPage: page });
});

test('a matter that was closed before it was opened does not appear as open', async () => {
  const matter = matterOf();
  await fixture.bus.publish(closedFact, closingOf(matter), envelope());
  await until('the fact is taken', async () => (await fixture.rowOf(matter.id)) !== undefined);
  expect(await list({ state: 'closed' })).toEqual([]);

  await open(matter);

  expect(await list()).toEqual([]);
  expect(await list({ state: 'closed' })).toMatchObject([{ id: matter.id, severity: 'warning' }]);
});

test('an older version that arrives late changes nothing', async () => {
  const matter = await open({ version: 2, severity: 'critical' });
  await fixture.bus.publish(openedFact, { ...matter, version: 1, severity: 'info' }, envelope());
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
