import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FoundMatter, MatterKind } from '@landfall/contracts/matters';
import { until } from '@landfall/servers/wait';
import { matterTexts } from '@landfall/words/matters';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.control.clearFaults());

async function openOf(subscriptionId: string): Promise<FoundMatter[]> {
  const { rows } = await fixture.store.pool.query<{ content: FoundMatter }>(
    `select content from open_matters where content ->> 'subscriptionId' = $1`,
    [subscriptionId],
  );
  return rows.map(({ content }) => content);
}

/** Lets the clock reach the next look until the matter is open. */
async function opened(subscriptionId: string, kind: MatterKind): Promise<FoundMatter> {
  return await until(`${kind} is open`, async () => {
    await fixture.advance(11_000);
    return (await openOf(subscriptionId)).find((matter) => matter.kind === kind);
  });
}

async function closed(subscriptionId: string, kind: MatterKind): Promise<void> {
  await until(`${kind} is closed`, async () => {
    await fixture.advance(11_000);
    return !(await openOf(subscriptionId)).some((matter) => matter.kind === kind);
  });
}

test('refused usage is critical until it is billed, and says when it is too late', async () => {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, '3', { agoMs: HOUR });
  const expiresAt = new Date(fixture.now().getTime() + 23 * HOUR).toISOString();
  const refusing = {
    endpoint: 'batchUsageEvent',
    rowStatus: 'BadArgument',
    subscriptionId,
  } as const;
  await fixture.control.addFault({ ...refusing, count: 1 });
  await fixture.advance(5 * MINUTE);
  const [hour] = await fixture.settled(subscriptionId);
  const matter = await opened(subscriptionId, 'usage-refused');
  expect(matter).toMatchObject({
    severity: 'critical',
    params: { dimension: 'reports', hours: 1 },
    dueAt: expiresAt,
  });
  expect(Object.values(matterTexts(matter, 'en')).join(' ')).toContain('BadArgument');
  const key = { subscriptionId, dimension: 'reports', hour: hour!.hour };
  await fixture.api.usage.resend.mutate({ ...key, reason: 'the plan was corrected' });
  await closed(subscriptionId, 'usage-refused');
});

test('refused usage that can no longer be sent is lost, which only a person can close', async () => {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, '3', { agoMs: HOUR });
  const refusing = {
    endpoint: 'batchUsageEvent',
    rowStatus: 'BadArgument',
    subscriptionId,
  } as const;
  await fixture.control.addFault(refusing);
  await fixture.advance(5 * MINUTE);
  await opened(subscriptionId, 'usage-refused');
  await fixture.advance(24 * HOUR);
  const lost = await opened(subscriptionId, 'usage-written-off');
  expect(lost.params).toMatchObject({ quantity: '3', hours: 1 });
  await closed(subscriptionId, 'usage-refused');
  expect((await openOf(subscriptionId)).map(({ kind }) => kind)).toEqual(['usage-written-off']);
});

test('usage that cannot be sent is critical in its last six hours', async () => {
  const subscriptionId = await fixture.subscribe();
  await fixture.use(subscriptionId, '3', { agoMs: HOUR });
  await fixture.control.addFault({ endpoint: 'batchUsageEvent', status: 503 });
  await fixture.advance(17 * HOUR);
  expect(await openOf(subscriptionId)).toEqual([]);
  await fixture.advance(HOUR);
  expect(await opened(subscriptionId, 'usage-expiring')).toMatchObject({ severity: 'critical' });
  await fixture.control.clearFaults();
  await closed(subscriptionId, 'usage-expiring');
});
