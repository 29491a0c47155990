import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '@landfall/service-kit/log';
import { until } from '@landfall/servers/wait';
import { openTwoPublishers, type TwoPublishers } from './two-publishers.ts';
import { kinds, purchase, settled, subscribed, type Fixture } from './fixture.ts';
import { caller } from './publisher-data.ts';

let twoPublishers: TwoPublishers;
let fixture: Fixture;
beforeEach(async () => {
  twoPublishers = await openTwoPublishers();
  ({ fixture } = twoPublishers);
});
afterEach(() => twoPublishers[Symbol.asyncDispose]());

const view = (subscriptionId: string) => twoPublishers.view(subscriptionId);

/** Captures the worker's log lines about publishers. */
function capture() {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const parsed = () =>
    lines.map((line) => JSON.parse(line) as { level: string; publisherIds?: string[] });
  return {
    log: createLogger('test', 'warn', { write }),
    warnings: () => parsed().filter(({ publisherIds }) => publisherIds !== undefined),
  };
}

test('a publisher that Microsoft names differently is logged, and the configured name counts', async () => {
  const [contoso] = twoPublishers.publishers;
  await twoPublishers.boot([{ ...contoso!, publisherId: 'northwind' }]);
  const subscriptionId = await purchase(fixture);
  expect(await view(subscriptionId)).toMatchObject({ publisherId: 'northwind' });
  expect(await kinds(fixture, subscriptionId)).toContain('publisherDiffers');
});

test('after a change from one publisher to several, every record and every waiting task continues', async () => {
  const alone = await fixture.boot();
  const ours = await subscribed(fixture);
  await alone[Symbol.asyncDispose]();
  // Notified while no worker ran and before there was a list, so it names no publisher.
  const publisherOf = fixture.intake.publisherOf;
  fixture.intake.publisherOf = () => undefined;
  await fixture.control.suspend(ours);
  if (publisherOf) fixture.intake.publisherOf = publisherOf;
  await twoPublishers.boot();
  await until('the change is in force', async () => (await view(ours)).status === 'Suspended');
  expect(await view(ours)).toMatchObject({ publisherId: 'contoso' });
  await fixture.control.reinstate(ours);
  await until(
    'the next change is in force',
    async () => (await view(ours)).status === 'Subscribed',
  );
  const { runId } = await fixture.client.reconciliation.start.mutate({ publisherId: 'contoso' });
  expect(await twoPublishers.runOf(runId)).toMatchObject({
    state: 'completed',
    listed: 1,
    drifted: 0,
  });
});

test('records of a publisher that is no longer configured are not read, and their tasks wait', async () => {
  const both = await twoPublishers.boot();
  const theirs = await twoPublishers.subscribedLedger();
  await both[Symbol.asyncDispose]();
  const lines = capture();
  await twoPublishers.boot(twoPublishers.publishers.slice(0, 1), lines.log);
  expect(lines.warnings()).toMatchObject([{ level: 'error', publisherIds: ['litware'] }]);
  await fixture.control.suspend(theirs);
  await until('its task waits', async () => {
    const { rows } = await fixture.db.pool.query<{ last_error: string | null }>(
      'select last_error from tasks where subscription_id = $1 and done_at is null',
      [theirs],
    );
    return rows.length > 0 && rows.every((row) => row.last_error === 'publisher.unknown');
  });
  expect((await view(theirs)).status).toBe('Subscribed');
  const { runId } = await fixture.client.reconciliation.start.mutate({});
  expect(await twoPublishers.runOf(runId)).toMatchObject({ listed: 0, drifted: 0 });
  expect(await kinds(fixture, theirs)).not.toContain('missingAtMicrosoft');
});

test("a subscription in two publishers' lists belongs to the first, and is an error in the other's run", async () => {
  await twoPublishers.boot();
  const subscriptionId = await subscribed(fixture);
  await settled(fixture, subscriptionId);
  await fixture.db.pool.query(
    `update subscriptions set publisher_id = 'litware',
       state = state || '{"publisherId": "litware", "status": "Suspended"}' where id = $1`,
    [subscriptionId],
  );
  const { runId } = await fixture.client.reconciliation.start.mutate({ publisherId: 'contoso' });
  const run = await twoPublishers.runOf(runId);
  expect(run).toMatchObject({ state: 'completed', drifted: 0, healed: 0, errors: 1 });
  expect(run.findings).toMatchObject([{ subscriptionId, kind: 'foreign' }]);
  expect(JSON.stringify(run.findings)).not.toContain('Suspended');
  const { rows } = await fixture.db.pool.query('select from tasks where run_id = $1', [runId]);
  expect(rows).toEqual([]);
});

test('people are erased from the record of a publisher that is no longer configured', async () => {
  const both = await twoPublishers.boot();
  const theirs = await twoPublishers.subscribedLedger();
  await fixture.control.cancel(theirs);
  await until('it has ended', async () => (await view(theirs)).status === 'Unsubscribed');
  expect((await view(theirs)).beneficiary.emailId).toBeDefined();
  await settled(fixture, theirs);
  await both[Symbol.asyncDispose]();
  await twoPublishers.boot(twoPublishers.publishers.slice(0, 1));
  await until('no one is named', async () => {
    // Each timer sets the next one.
    const isDue = "due_at = now() - interval '1 s' where subscription_id = $1 and due_at > now()";
    await fixture.db.pool.query(`update timers set ${isDue}`, [theirs]);
    const { beneficiary } = await view(theirs);
    return String(Object.keys(beneficiary)) === 'tenantId';
  });
});

test("records of several publishers that use a sole publisher's access are logged at the start", async () => {
  const both = await twoPublishers.boot();
  await Promise.all([subscribed(fixture), twoPublishers.subscribedLedger()]);
  await both[Symbol.asyncDispose]();
  const lines = capture();
  const listed = await twoPublishers.boot(twoPublishers.publishers, lines.log);
  expect(lines.warnings()).toEqual([]);
  await listed[Symbol.asyncDispose]();
  await fixture.boot({}, undefined, { into: lines.log });
  const [told, ...others] = lines.warnings();
  expect(told?.publisherIds?.toSorted()).toEqual(['contoso', 'litware']);
  expect(others).toEqual([]);
});

test('a sole publisher has the name that Microsoft uses, and rules with that name decide', async () => {
  await fixture.boot({ PUBLISHER_ID: 'northwind' });
  const rule = { id: 'no-growth', publisherId: 'contoso', decision: 'refuse' } as const;
  const rules = [{ ...rule, when: { action: 'ChangePlan' } as const }];
  await fixture.client.policies.put.mutate({ rules });
  const subscriptionId = await subscribed(fixture);
  expect(await view(subscriptionId)).toMatchObject({ publisherId: 'contoso' });
  await fixture.control.changePlan(subscriptionId, 'growth');
  const attempts = await until('Microsoft has its answer', async () => {
    const told = await fixture.control.deliveries(subscriptionId);
    const change = told.find(({ action }) => action === 'ChangePlan');
    return change !== undefined && change.attempts.length > 0 && change.attempts;
  });
  expect(attempts).toMatchObject([{ status: 400 }]);
});

describe('a key that is limited to the sole publisher', () => {
  test('finds its runs, although they name no publisher; a key of another does not', async () => {
    await fixture.boot({ PUBLISHER_ID: 'contoso' });
    await subscribed(fixture);
    const started = await caller(fixture, 'contoso')('reconciliation.start', {});
    const { runId } = started.answer as { runId: string };
    for (const [publisherId, isFound] of [
      ['contoso', true],
      ['litware', false],
    ] as const) {
      const limited = caller(fixture, publisherId);
      expect('answer' in (await limited('reconciliation.get', { runId }))).toBe(isFound);
      const { answer } = await limited('reconciliation.list', {});
      expect(JSON.stringify(answer).includes(runId)).toBe(isFound);
    }
  });

  test('finds no runs if records have another name, because the runs concern these too', async () => {
    await fixture.boot({ PUBLISHER_ID: 'northwind' });
    await subscribed(fixture);
    const { runId } = await fixture.client.reconciliation.start.mutate({});
    const limited = caller(fixture, 'northwind');
    const answers = [
      await limited('reconciliation.get', { runId }),
      await limited('reconciliation.start', {}),
    ];
    expect(answers.map(({ failure }) => failure)).toEqual([
      'reconciliation.not-found',
      'publisher.not-found',
    ]);
    expect((await limited('reconciliation.list', {})).answer).toEqual({ items: [] });
  });
});
