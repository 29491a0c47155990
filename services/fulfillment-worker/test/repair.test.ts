import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '@landfall/service-kit/database';
import { notificationReceivedFact } from '@landfall/contracts/subjects';
import { until } from '@landfall/servers/wait';
import { addTask } from '../src/store/tasks.ts';
import { handled, timelineOf } from './decided.ts';
import { factKinds, openFixture, settled, subscribed, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.boot();
});
afterEach(async () => {
  await fixture.control.clearFaults();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const requestedBy = 'operator 7';
const view = (subscriptionId: string) => fixture.client.subscriptions.get.query({ subscriptionId });
const parkedOf = async (subscriptionId: string) =>
  (await fixture.client.parkedTasks.list.query({ subscriptionId })).items;

/** A suspension with a parked task, because Microsoft refused a reading for good. */
async function parkedSuspension() {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'getOperation', status: 405, subscriptionId });
  const { operationId } = await fixture.control.suspend(subscriptionId);
  const [task] = await until('the task is parked', async () => {
    const tasks = await parkedOf(subscriptionId);
    return tasks.length > 0 && tasks;
  });
  await fixture.control.clearFaults();
  return { subscriptionId, operationId, task: task! };
}

test('a parked task is listed with its reason, and does its work when it is replayed', async () => {
  const { subscriptionId, operationId, task } = await parkedSuspension();
  expect(task).toMatchObject({ kind: 'notification', reason: 'marketplace.refused' });
  expect((await view(subscriptionId)).status).toBe('Subscribed');
  const { parkedTasks } = fixture.client;
  const wanted = {
    subscriptionId: subscriptionId.toUpperCase(),
    kind: 'notification',
    requestedBy,
  };
  expect(await parkedTasks.replay.mutate(wanted)).toEqual({
    matched: 1,
    replayed: 0,
    items: [{ taskId: task.taskId, subscriptionId, kind: 'notification' }],
  });
  expect(await parkedOf(subscriptionId)).toHaveLength(1);
  const replayed = await parkedTasks.replay.mutate({ ...wanted, dryRun: false });
  expect(replayed).toEqual({ matched: 1, replayed: 1 });
  expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
  expect((await view(subscriptionId)).status).toBe('Suspended');
  expect(await parkedOf(subscriptionId)).toEqual([]);
  const [told] = await timelineOf(fixture, subscriptionId, 'taskReplayed');
  expect(told).toMatchObject({
    cause: 'command',
    details: { task: 'notification', reason: 'marketplace.refused' },
  });
  const { rows } = await fixture.db.pool.query('select * from replays order by at desc limit 1');
  expect(rows).toMatchObject([{ what: 'parkedTasks', requested_by: requestedBy, replayed: 1 }]);
});

test('replaying settled work changes nothing', async () => {
  const { subscriptionId, operationId, task } = await parkedSuspension();
  // Microsoft repeats its notification, and the repeat succeeds.
  await fixture.intake.publish({ subscriptionId, operationId, action: 'Suspend' });
  expect(await handled(fixture, subscriptionId, operationId)).toBe('succeeded');
  const [before, facts] = [await view(subscriptionId), await factKinds(fixture, subscriptionId)];
  await fixture.client.parkedTasks.replay.mutate({
    taskIds: [task.taskId],
    requestedBy,
    dryRun: false,
  });
  await settled(fixture, subscriptionId);
  expect(await parkedOf(subscriptionId)).toEqual([]);
  expect(await view(subscriptionId)).toEqual(before);
  expect(await factKinds(fixture, subscriptionId)).toEqual(facts);
});

test('a replay does not restart a change that ended with its parked task', async () => {
  const subscriptionId = await subscribed(fixture);
  await fixture.control.addFault({ endpoint: 'getOperation', status: 405, subscriptionId });
  const { changeId } = await fixture.client.subscriptions.changePlan.mutate({
    subscriptionId,
    planId: 'growth',
    approvedBy: 'the customer',
  });
  await until('what follows the change is parked', async () => {
    return (await parkedOf(subscriptionId)).some(({ kind }) => kind === 'followChange');
  });
  await fixture.control.clearFaults();
  await fixture.control.advance(11_000);
  await fixture.client.parkedTasks.replay.mutate({ subscriptionId, requestedBy, dryRun: false });
  await settled(fixture, subscriptionId);
  expect(await parkedOf(subscriptionId)).toEqual([]);
  expect(await fixture.client.subscriptions.change.query({ changeId })).toMatchObject({
    state: 'failed',
    failure: 'marketplace.refused',
  });
  const operations = await fixture.control.operations(subscriptionId);
  expect(operations.map(({ action }) => action)).toEqual(['ChangePlan']);
  const { planId } = await fixture.control.subscription(subscriptionId);
  expect((await view(subscriptionId)).planId).toBe(planId);
});

test('parked tasks are paged, newest first, and found by kind and reason', async () => {
  const subscriptionId = await subscribed(fixture);
  const kind = 'converge' as const;
  for (let n = 0; n < 5; n += 1) {
    await inTransaction(fixture.db, (trx) =>
      addTask(trx, {
        subscriptionId,
        kind,
        payload: {},
        correlationId: randomUUID(),
        dedupeKey: randomUUID(),
        delayMs: 3_600_000,
      }),
    );
  }
  await fixture.db.pool.query(
    `update tasks set dead_at = now(), last_error = 'test.reason'
     where subscription_id = $1 and kind = $2`,
    [subscriptionId, kind],
  );
  const { parkedTasks } = fixture.client;
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await parkedTasks.list.query({ subscriptionId, kind, limit: 2, cursor });
    seen.push(...page.items.map(({ taskId }) => taskId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(5);
  expect(seen).toEqual(seen.toSorted((left, right) => right - left));
  const none = await parkedTasks.list.query({ subscriptionId, reason: 'another' });
  expect(none.items).toEqual([]);
  const until = new Date(Date.now() - 3_600_000).toISOString();
  const wanted = { subscriptionId, reason: 'test.reason', requestedBy };
  expect(await parkedTasks.replay.mutate({ ...wanted, until })).toMatchObject({ matched: 0 });
  expect(await parkedTasks.replay.mutate(wanted)).toMatchObject({ matched: 5 });
  await expect(parkedTasks.replay.mutate({ requestedBy })).rejects.toMatchObject({
    data: { code: 'BAD_REQUEST' },
  });
});

test('a replayed notification of a settled operation changes nothing', async () => {
  const subscriptionId = await subscribed(fixture);
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'growth');
  await handled(fixture, subscriptionId, operationId);
  const [before, facts] = [await view(subscriptionId), await factKinds(fixture, subscriptionId)];
  const notificationId = randomUUID();
  for (const replay of [undefined, 1, 2]) {
    const messageId = `${notificationId}:${replay}`;
    const fact = { notificationId, operationId, subscriptionId, action: 'ChangePlan', replay };
    const envelope = { messageId, correlationId: messageId, occurredAt: new Date() };
    const receivedAt = new Date().toISOString();
    await fixture.bus.publish(
      notificationReceivedFact,
      { notifications: [{ ...fact, receivedAt }] },
      envelope,
    );
  }
  await until('three tasks', async () => {
    const { rows } = await fixture.db.pool.query(
      'select 1 from tasks where dedupe_key like $1 and done_at is not null',
      [`notification:${notificationId}%`],
    );
    return rows.length === 3;
  });
  expect(await view(subscriptionId)).toEqual(before);
  expect(await factKinds(fixture, subscriptionId)).toEqual(facts);
});

test('a message of a version that published each notification by itself is accepted', async () => {
  const subscriptionId = await subscribed(fixture);
  const messageId = randomUUID();
  const envelope = { messageId, correlationId: messageId, occurredAt: new Date() };
  const receivedAt = new Date().toISOString();
  const body = { notificationId: messageId, subscriptionId, action: 'Renew', receivedAt };

  const { subject } = notificationReceivedFact;
  await fixture.bus.publishMessage(subject, JSON.stringify(body), envelope);

  await until('the task', async () => {
    const { rows } = await fixture.db.pool.query('select 1 from tasks where dedupe_key = $1', [
      `notification:${messageId}`,
    ]);
    return rows.length === 1;
  });
});

test('a locked lane does not hold up the other notifications of its message', async () => {
  const [first, locked, last] = [
    await subscribed(fixture),
    await subscribed(fixture),
    await subscribed(fixture),
  ];
  const receivedAt = new Date().toISOString();
  const notifications = [first, locked, last].map((subscriptionId) => ({
    notificationId: randomUUID(),
    subscriptionId,
    action: 'Renew',
    receivedAt,
  }));
  const tasksOf = async () => {
    const keys = notifications.map(({ notificationId }) => `notification:${notificationId}`);
    const { rows } = await fixture.db.pool.query<{ id: string }>(
      'select subscription_id as id from tasks where dedupe_key = any ($1)',
      [keys],
    );
    return rows.map(({ id }) => id).toSorted();
  };
  const holder = await fixture.db.pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select from lanes where subscription_id = $1 for update', [locked]);

    const messageId = randomUUID();
    const envelope = { messageId, correlationId: messageId, occurredAt: new Date() };
    await fixture.bus.publish(notificationReceivedFact, { notifications }, envelope);

    await until('the tasks of the other lanes', async () => (await tasksOf()).length === 2);
    expect(await tasksOf()).toEqual([first, last].toSorted());
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await until('the task of the lane that was locked', async () => (await tasksOf()).length === 3);
});

test('a dead letter is listed with its reason, published again once and then removed', async () => {
  const subscriptionId = await subscribed(fixture);
  const { operationId } = await fixture.control.suspend(subscriptionId);
  await handled(fixture, subscriptionId, operationId);
  const { deadLetters } = fixture.client;
  // No consumer can read it: a notification without a subscription.
  const messageId = randomUUID();
  await fixture.bus.publishMessage(notificationReceivedFact.subject, '{"no":"notification"}', {
    messageId,
    correlationId: messageId,
    occurredAt: new Date(),
  });
  const letterOf = async (id: string) =>
    (await deadLetters.list.query({ limit: 200 })).items.find((one) => one.messageId === id);
  const letter = await until('the letter', () => letterOf(messageId));
  expect(letter).toMatchObject({
    durable: 'fulfillment-notifications',
    subject: notificationReceivedFact.subject,
    reason: 'malformed',
    payload: { no: 'notification' },
  });
  const wanted = { sequences: [letter.sequence], requestedBy };
  const { sequence, durable, subject } = letter;
  expect(await deadLetters.replay.mutate(wanted)).toEqual({
    matched: 1,
    replayed: 0,
    items: [{ sequence, durable, subject }],
  });
  expect(await deadLetters.replay.mutate({ ...wanted, dryRun: false })).toEqual({
    matched: 1,
    replayed: 1,
  });
  expect(await letterOf(messageId)).toBeUndefined();
  // It still cannot be read, and returns under its new id.
  const again = await until('a letter again', () =>
    letterOf(`${messageId}:again-${letter.sequence}`),
  );
  expect(again.sequence).toBeGreaterThan(letter.sequence);
  expect(await deadLetters.replay.mutate({ ...wanted, dryRun: false })).toEqual({
    matched: 0,
    replayed: 0,
  });
  const byConsumer = { durable: 'fulfillment-notifications', requestedBy };
  expect(await deadLetters.replay.mutate(byConsumer)).toMatchObject({ matched: 1 });
  expect(await deadLetters.replay.mutate({ durable: '>', requestedBy })).toMatchObject({
    matched: 0,
  });
});

test('decisions are listed with their time, and counted', async () => {
  const since = new Date().toISOString();
  const subscriptionId = await subscribed(fixture, { planId: 'growth' });
  await fixture.client.policies.put.mutate({
    rules: [{ id: 'no', when: { action: 'ChangePlan' }, decision: 'refuse' }],
  });
  const { operationId } = await fixture.control.changePlan(subscriptionId, 'starter');
  await handled(fixture, subscriptionId, operationId);
  const { items } = await fixture.client.subscriptions.operations.query({ subscriptionId });
  expect(items).toMatchObject([
    {
      operationId,
      decision: 'refuse',
      reason: 'rule:no',
      ruleId: 'no',
      isInTime: true,
      outcome: 'refused',
    },
  ]);
  const [operation] = items;
  expect(Date.parse(operation?.decidedAt ?? '')).toBeLessThanOrEqual(
    Date.parse(operation?.deadline ?? ''),
  );
  expect(await fixture.client.policies.report.query({ since })).toMatchObject({
    refused: 1,
    accepted: 0,
    missedDeadline: 0,
  });
  await fixture.client.policies.put.mutate({ rules: [] });
});

test('a notification that cannot be stored becomes a dead letter, and the others of its message are taken', async () => {
  const subscriptionId = await subscribed(fixture);
  const ids = [randomUUID(), randomUUID(), randomUUID()] as const;
  const notifications = ids.map((notificationId, place) => ({
    notificationId,
    subscriptionId,
    // Postgres stores no NUL.
    action: place === 1 ? 'Re\0new' : 'Renew',
    receivedAt: new Date().toISOString(),
  }));
  const messageId = randomUUID();
  const envelope = { messageId, correlationId: messageId, occurredAt: new Date() };

  await fixture.bus.publish(notificationReceivedFact, { notifications }, envelope);

  const { deadLetters } = fixture.client;
  await until('the letter', async () =>
    (await deadLetters.list.query({ limit: 200 })).items.some((one) => one.messageId === messageId),
  );
  const rows = await until('the others are taken', async () => {
    const found = await fixture.db.pool.query<{ key: string }>(
      'select dedupe_key as key from tasks where dedupe_key = any($1) order by id',
      [ids.map((id) => `notification:${id}`)],
    );
    return found.rows.length > 1 && found.rows;
  });
  expect(rows.map(({ key }) => key)).toEqual([`notification:${ids[0]}`, `notification:${ids[2]}`]);
});
