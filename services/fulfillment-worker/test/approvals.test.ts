import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { hurry } from './hurry.ts';
import {
  factKinds,
  kinds,
  openFixture,
  purchase,
  settled,
  subscribed,
  type Fixture,
} from './fixture.ts';

const DAY_MS = 86_400_000;
const MANUAL = { offerId: 'pulse', planId: 'starter' };
const reason = 'The contract is not signed.';

let fixture: Fixture;
let aheadMs = 0;
beforeAll(async () => {
  fixture = await openFixture();
  const now = () => new Date(Date.now() + aheadMs);
  await fixture.boot({}, now);
  await fixture.boot({}, now);
  await fixture.control.updateSettings({ oddities: { pendingCancel: 'documented' } });
  await manual('all');
});
afterAll(() => fixture[Symbol.asyncDispose]());

const api = () => fixture.client.subscriptions;
const manual = (manualApproval: 'none' | 'all' | string[]) =>
  fixture.client.settings.put.mutate({ offerId: MANUAL.offerId, settings: { manualApproval } });
const view = (subscriptionId: string) => api().get.query({ subscriptionId });
const approve = (subscriptionId: string) => api().approve.mutate({ subscriptionId });
const decline = (subscriptionId: string, messageToBuyer?: string) =>
  api().decline.mutate({ subscriptionId, reason, messageToBuyer });
const atMicrosoft = async (id: string) => (await fixture.control.subscription(id)).status;
const rejected = (rejection: string) => ({ data: { rejection } });

/** A purchase whose buyer has confirmed it, and that the publisher has to approve. */
async function waiting(order: Partial<typeof MANUAL> = {}): Promise<string> {
  const subscriptionId = await purchase(fixture, { ...MANUAL, ...order });
  const confirmed = await api().activate.mutate({ subscriptionId });
  expect(confirmed).toMatchObject({
    activation: { state: 'awaiting-approval' },
    approval: { state: 'waiting' },
  });
  return subscriptionId;
}

const statusIs = (subscriptionId: string, status: string) =>
  until(`it is ${status}`, async () => (await view(subscriptionId)).status === status);

test('Microsoft is asked to activate only after the publisher has approved', async () => {
  const subscriptionId = await waiting();
  const { createdAt, approval } = await view(subscriptionId);
  expect(Date.parse(approval?.dueAt ?? '') - Date.parse(createdAt)).toBe(30 * DAY_MS);
  await settled(fixture, subscriptionId);
  expect(await atMicrosoft(subscriptionId)).toBe('PendingFulfillmentStart');
  const { items } = await api().list.query({ waitsFor: 'publisher' });
  expect(items.map(({ id }) => id)).toEqual([subscriptionId]);

  const again = { subscriptionId, reason: 'The contract is signed.' };
  await Promise.all([api().approve.mutate(again), api().approve.mutate(again)]);
  await api().activate.mutate({ subscriptionId });
  await statusIs(subscriptionId, 'Subscribed');
  await settled(fixture, subscriptionId);
  const approved = await api().approve.mutate({ subscriptionId, reason: 'another one' });
  expect(approved.approval).toMatchObject({ state: 'approved', reason: again.reason });
  expect(approved.approval?.decidedBy).toMatch(/^key /);
  expect(approved.approval?.dueAt).toBeUndefined();
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind !== 'detailsChanged')).toEqual([
    'purchased',
    'activationRequested',
    'approvalRequested',
    'approved',
    'activationSent',
    'activated',
  ]);
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'approvalRequested',
    'approved',
    'activated',
  ]);
  await expect(decline(subscriptionId)).rejects.toMatchObject(rejected('approval.approved'));
});

test('a declined purchase is never activated, and Microsoft is asked to end it', async () => {
  const subscriptionId = await waiting();
  const dryRun = await api().decline.mutate({ subscriptionId, reason, dryRun: true });
  expect(dryRun.consequences).not.toHaveLength(0);
  expect((await view(subscriptionId)).approval?.state).toBe('waiting');

  const message = 'We sell in Europe only.';
  const answers = await Promise.all([
    decline(subscriptionId, message),
    decline(subscriptionId, message),
  ]);
  for (const { activation, approval } of answers) {
    expect(activation.state).toBe('declined');
    expect(approval).toMatchObject({ state: 'declined', reason, messageToBuyer: message });
  }
  for (const [command, code] of [
    [approve, 'approval.declined'],
    [(id: string) => api().activate.mutate({ subscriptionId: id }), 'approval.declined'],
  ] as const) {
    await expect(command(subscriptionId)).rejects.toMatchObject(rejected(code));
  }
  await statusIs(subscriptionId, 'Unsubscribed');
  await settled(fixture, subscriptionId);
  expect((await decline(subscriptionId)).approval?.state).toBe('declined');
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind === 'changeRequested')).toHaveLength(1);
  expect(said).toContain('changeSucceeded');
  expect(said).not.toContain('activationFailed');
  expect(await factKinds(fixture, subscriptionId)).toEqual([
    'purchased',
    'approvalRequested',
    'declined',
    'unsubscribed',
  ]);
});

test('a decision stands if Microsoft refuses to end the purchase, and a repeat asks Microsoft again', async () => {
  const subscriptionId = await waiting();
  const fault = await fixture.control.addFault({
    endpoint: 'deleteSubscription',
    status: 400,
    body: { code: 'BadArgument', message: 'Not now.' },
    subscriptionId,
  });
  const needPeople = async () => {
    const { items } = await api().list.query({ waitsFor: 'operator' });
    return items.map(({ id }) => id);
  };
  await decline(subscriptionId);
  await until('Microsoft has refused', async () =>
    (await kinds(fixture, subscriptionId)).includes('changeFailed'),
  );
  expect(await view(subscriptionId)).toMatchObject({
    status: 'PendingFulfillmentStart',
    activation: { state: 'declined' },
    approval: { state: 'declined', reason },
  });
  expect(await needPeople()).toEqual([subscriptionId]);

  await fixture.control.removeFault(fault.id);
  await decline(subscriptionId);
  await statusIs(subscriptionId, 'Unsubscribed');
  expect(await needPeople()).toEqual([]);
});

test('a declined purchase that Microsoft keeps lapses by itself, so no operator has to look at it', async () => {
  await fixture.control.updateSettings({ oddities: { pendingCancel: 'measured' } });
  const subscriptionId = await waiting();
  await decline(subscriptionId);
  await hurry(fixture, subscriptionId, async () =>
    (await kinds(fixture, subscriptionId)).includes('changeFailed'),
  );
  expect(await view(subscriptionId)).toMatchObject({
    status: 'PendingFulfillmentStart',
    approval: { state: 'declined' },
  });
  expect((await api().list.query({ waitsFor: 'operator' })).items).toEqual([]);
  await fixture.control.updateSettings({ oddities: { pendingCancel: 'documented' } });
});

test('only purchases of the listed plans wait, and switching approval off decides nothing', async () => {
  await manual(['enterprise', 'starter']);
  const subscriptionId = await waiting();
  const put = await manual(['enterprise']);
  expect(put.warnings?.join()).toContain('"enterprise"');
  const free = await purchase(fixture, MANUAL);
  const { activation, approval } = await api().activate.mutate({ subscriptionId: free });
  expect([activation.state, approval]).toEqual(['requested', undefined]);

  await manual('none');
  await api().activate.mutate({ subscriptionId });
  expect((await view(subscriptionId)).approval?.state).toBe('waiting');
  await expect(approve(free)).rejects.toMatchObject(rejected('approval.not-requested'));
  await manual('all');
  await approve(subscriptionId);
  await statusIs(subscriptionId, 'Subscribed');
});

test('after the approval, the product creates its space as for any other purchase', async () => {
  const { offerId } = MANUAL;
  const { settings } = fixture.client;
  await settings.put.mutate({ offerId, settings: { waitForProduct: true } });
  const subscriptionId = await waiting();
  expect((await view(subscriptionId)).provisioning?.state).toBe('none');
  expect(await approve(subscriptionId)).toMatchObject({
    activation: { state: 'provisioning' },
    approval: { state: 'approved' },
  });
  await api().failProvisioning.mutate({ subscriptionId, reason: 'full' });
  // A second attempt needs no second approval.
  const retried = await api().activate.mutate({ subscriptionId });
  expect(retried.activation.state).toBe('provisioning');
  await api().confirmProvisioned.mutate({ subscriptionId });
  await statusIs(subscriptionId, 'Subscribed');
  await settings.put.mutate({ offerId, settings: { waitForProduct: null } });
});

test('Microsoft activates some purchases without asking; the timeline then says that there was nothing to approve', async () => {
  const subscriptionId = await purchase(fixture, { ...MANUAL, planId: 'essential' });
  await statusIs(subscriptionId, 'Subscribed');
  expect((await view(subscriptionId)).approval).toMatchObject({ state: 'bypassed' });
  const said = await kinds(fixture, subscriptionId);
  expect(said.filter((kind) => kind === 'approvalBypassed')).toHaveLength(1);
  await expect(approve(subscriptionId)).rejects.toMatchObject(rejected('approval.not-requested'));
  // A setting that was changed after the request bypasses nothing.
  await manual('none');
  const requested = await purchase(fixture, MANUAL);
  await api().activate.mutate({ subscriptionId: requested });
  await manual('all');
  await statusIs(requested, 'Subscribed');
  expect((await view(requested)).approval).toBeUndefined();
});

test('notes appear on the timeline with their author, but not to the pages for customers', async () => {
  const subscriptionId = await subscribed(fixture);
  const text = 'Ada asked for a security review.';
  const added = await api().addNote.mutate({ subscriptionId, text });
  expect(added).toMatchObject({ text, author: expect.stringMatching(/^key /) });
  await api().addNote.mutate({ subscriptionId, text: 'Review is done.' });
  const first = await api().notes.query({ subscriptionId, limit: 1 });
  expect(first.items.map((note) => note.text)).toEqual(['Review is done.']);
  const rest = await api().notes.query({ subscriptionId, cursor: first.nextCursor });
  expect(rest).toEqual({ items: [added] });

  const ofNotes = async ({ subscriptions }: Pick<Fixture['client'], 'subscriptions'>) => {
    const { items } = await subscriptions.timeline.query({ subscriptionId, limit: 200 });
    return items.filter(({ kind }) => kind === 'noteAdded').map(({ details }) => details);
  };
  const { noteId, author } = added;
  expect((await ofNotes(fixture.client))[0]).toEqual({ noteId, text, author });
  expect((await ofNotes(fixture.landing))[0]).toEqual({ noteId });
  await expect(api().addNote.mutate({ subscriptionId: 'unknown', text })).rejects.toMatchObject(
    rejected('subscription.not-found'),
  );
});

test('a purchase that waits reminds of its approval and not of its configuration, and ends with its 30 days', async () => {
  const subscriptionId = await waiting();
  aheadMs = DAY_MS + 1000;
  await until('the reminder is published', async () =>
    (await kinds(fixture, subscriptionId)).includes('approvalDue'),
  );
  await fixture.control.advance(31 * DAY_MS);
  aheadMs = 31 * DAY_MS;
  await statusIs(subscriptionId, 'Unsubscribed');
  expect(await view(subscriptionId)).toMatchObject({
    activation: { state: 'failed', failure: 'ended-before-confirmation' },
    approval: { state: 'ended' },
  });
  await expect(approve(subscriptionId)).rejects.toMatchObject(rejected('subscription.ended'));
  expect(await kinds(fixture, subscriptionId)).not.toContain('configurationDue');
});

test('names and texts about an ended purchase are erased with its personal data', async () => {
  const subscriptionId = await waiting();
  await api().addNote.mutate({ subscriptionId, text: 'Ada called.' });
  await decline(subscriptionId, 'Sorry, Ada.');
  await statusIs(subscriptionId, 'Unsubscribed');
  aheadMs += 9 * DAY_MS;
  await until('the personal data is erased', async () =>
    (await kinds(fixture, subscriptionId)).includes('personalDataErased'),
  );
  const { approval } = await view(subscriptionId);
  expect(approval).toMatchObject({ state: 'declined', decidedBy: 'erased' });
  expect(approval).not.toHaveProperty('reason');
  expect(approval).not.toHaveProperty('messageToBuyer');
  expect((await api().notes.query({ subscriptionId })).items).toEqual([]);
});
