import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '@landfall/service-kit/log';
import { openHouse, type House } from './house.ts';
import { eventually, kinds, purchase, settled, subscribed, type Stage } from './stage.ts';
import { caller } from './two-publishers.ts';

let house: House;
let stage: Stage;
beforeEach(async () => {
  house = await openHouse();
  ({ stage } = house);
});
afterEach(() => house[Symbol.asyncDispose]());

const view = (subscriptionId: string) => house.view(subscriptionId);

/** What a worker says of publishers. */
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

test('a publisher that Microsoft calls by another name is told of, and the configured one counts', async () => {
  const [contoso] = house.publishers;
  await house.boot([{ ...contoso!, publisherId: 'house' }]);
  const subscriptionId = await purchase(stage);
  expect(await view(subscriptionId)).toMatchObject({ publisherId: 'house' });
  expect(await kinds(stage, subscriptionId)).toContain('publisherDiffers');
});

test('from one publisher to several every record stays and goes on, and so does a task that waited', async () => {
  const alone = await stage.boot();
  const ours = await subscribed(stage);
  await alone[Symbol.asyncDispose]();
  // Told while nobody worked, before there was a list: it names no publisher.
  const whose = stage.intake.publisherOf;
  stage.intake.publisherOf = () => undefined;
  await stage.control.suspend(ours);
  if (whose) stage.intake.publisherOf = whose;
  await house.boot();
  await eventually('it goes on', async () => (await view(ours)).status === 'Suspended');
  expect(await view(ours)).toMatchObject({ publisherId: 'contoso' });
  await stage.control.reinstate(ours);
  await eventually('and on', async () => (await view(ours)).status === 'Subscribed');
  const { runId } = await stage.client.reconciliation.start.mutate({ publisherId: 'contoso' });
  expect(await house.runOf(runId)).toMatchObject({ state: 'completed', listed: 1, drifted: 0 });
});

test('records of a publisher that is no longer configured are read by nobody, and their tasks wait', async () => {
  const both = await house.boot();
  const theirs = await house.subscribedLedger();
  await both[Symbol.asyncDispose]();
  const lines = capture();
  await house.boot(house.publishers.slice(0, 1), lines.log);
  expect(lines.warnings()).toMatchObject([{ level: 'error', publisherIds: ['litware'] }]);
  await stage.control.suspend(theirs);
  await eventually('its task waits', async () => {
    const { rows } = await stage.db.pool.query<{ last_error: string | null }>(
      'select last_error from tasks where subscription_id = $1 and done_at is null',
      [theirs],
    );
    return rows.length > 0 && rows.every((row) => row.last_error === 'publisher.unknown');
  });
  expect((await view(theirs)).status).toBe('Subscribed');
  const { runId } = await stage.client.reconciliation.start.mutate({});
  expect(await house.runOf(runId)).toMatchObject({ listed: 0, drifted: 0 });
  expect(await kinds(stage, theirs)).not.toContain('missingAtMicrosoft');
});

test("a subscription in two publishers' lists is the first one's, and an error of the other's run", async () => {
  await house.boot();
  const subscriptionId = await subscribed(stage);
  await settled(stage, subscriptionId);
  await stage.db.pool.query(
    `update subscriptions set publisher_id = 'litware',
       state = state || '{"publisherId": "litware", "status": "Suspended"}' where id = $1`,
    [subscriptionId],
  );
  const { runId } = await stage.client.reconciliation.start.mutate({ publisherId: 'contoso' });
  const run = await house.runOf(runId);
  expect(run).toMatchObject({ state: 'completed', drifted: 0, healed: 0, errors: 1 });
  expect(run.findings).toMatchObject([{ subscriptionId, kind: 'foreign' }]);
  expect(JSON.stringify(run.findings)).not.toContain('Suspended');
  const { rows } = await stage.db.pool.query('select from tasks where run_id = $1', [runId]);
  expect(rows).toEqual([]);
});

test('people are erased from the record of a publisher that is no longer configured', async () => {
  const both = await house.boot();
  const theirs = await house.subscribedLedger();
  await stage.control.cancel(theirs);
  await eventually('it has ended', async () => (await view(theirs)).status === 'Unsubscribed');
  expect((await view(theirs)).beneficiary.emailId).toBeDefined();
  await settled(stage, theirs);
  await both[Symbol.asyncDispose]();
  await house.boot(house.publishers.slice(0, 1));
  await eventually('nobody is named', async () => {
    // One timer sets the next.
    const isDue = "due_at = now() - interval '1 s' where subscription_id = $1 and due_at > now()";
    await stage.db.pool.query(`update timers set ${isDue}`, [theirs]);
    const { beneficiary } = await view(theirs);
    return String(Object.keys(beneficiary)) === 'tenantId';
  });
});

test('records of several that go by the access of an only one are told of at the start', async () => {
  const both = await house.boot();
  await Promise.all([subscribed(stage), house.subscribedLedger()]);
  await both[Symbol.asyncDispose]();
  const lines = capture();
  const listed = await house.boot(house.publishers, lines.log);
  expect(lines.warnings()).toEqual([]);
  await listed[Symbol.asyncDispose]();
  await stage.boot({}, undefined, lines.log);
  const [told, ...others] = lines.warnings();
  expect(told?.publisherIds?.toSorted()).toEqual(['contoso', 'litware']);
  expect(others).toEqual([]);
});

test('the only publisher is called as Microsoft calls it, and rules by that name decide', async () => {
  await stage.boot({ PUBLISHER_ID: 'house' });
  const rule = { id: 'no-growth', publisherId: 'contoso', decision: 'refuse' } as const;
  const rules = [{ ...rule, when: { action: 'ChangePlan' } as const }];
  await stage.client.policies.put.mutate({ rules });
  const subscriptionId = await subscribed(stage);
  expect(await view(subscriptionId)).toMatchObject({ publisherId: 'contoso' });
  await stage.control.changePlan(subscriptionId, 'growth');
  const attempts = await eventually('Microsoft has its answer', async () => {
    const told = await stage.control.deliveries(subscriptionId);
    const change = told.find(({ action }) => action === 'ChangePlan');
    return change !== undefined && change.attempts.length > 0 && change.attempts;
  });
  expect(attempts).toMatchObject([{ status: 400 }]);
});

describe('a key that is limited to the only publisher', () => {
  test('finds its runs, though they name nobody; a key of another does not', async () => {
    await stage.boot({ PUBLISHER_ID: 'contoso' });
    await subscribed(stage);
    const started = await caller(stage, 'contoso')('reconciliation.start', {});
    const { runId } = started.answer as { runId: string };
    for (const [publisherId, isFound] of [
      ['contoso', true],
      ['litware', false],
    ] as const) {
      const limited = caller(stage, publisherId);
      expect('answer' in (await limited('reconciliation.get', { runId }))).toBe(isFound);
      const { answer } = await limited('reconciliation.list', {});
      expect(JSON.stringify(answer).includes(runId)).toBe(isFound);
    }
  });

  test('finds none where records have another name, for they are about these as well', async () => {
    await stage.boot({ PUBLISHER_ID: 'house' });
    await subscribed(stage);
    const { runId } = await stage.client.reconciliation.start.mutate({});
    const limited = caller(stage, 'house');
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
