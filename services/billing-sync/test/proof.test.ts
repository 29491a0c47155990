import { expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { firingAlerts } from './firing-alerts.ts';
import { HOUR, openFixture, type Fixture } from './fixture.ts';

const DAY = 24 * HOUR;

/** The alerts that these tests are about. */
const WATCHED = new Set([
  'UsageMismatch',
  'UsageReadBackFailing',
  'UsageThresholdCrossed',
  'UsageUnusual',
]);

async function alertsOf(fixture: Fixture): Promise<string[]> {
  return (await firingAlerts(fixture)).filter((alert) => WATCHED.has(alert));
}

const alertsWhen = (fixture: Fixture, wanted: readonly string[]) =>
  until(`the alerts are ${wanted.join(', ') || 'none'}`, async () => {
    const firing = (await alertsOf(fixture)).toSorted();
    return JSON.stringify(firing) === JSON.stringify(wanted) && firing;
  });

test('billed usage is stated, agrees with the report, and a difference alerts until it is settled', async () => {
  await using fixture = await openFixture();
  const { api, control } = fixture;
  const subscriptionId = await fixture.subscribe();
  const day = fixture.now().toISOString().slice(0, 10);
  const month = day.slice(0, 7);
  await fixture.use(subscriptionId, '7.25');
  await fixture.advance(HOUR);
  await fixture.settled(subscriptionId);

  expect(await api.usage.statement.query({ subscriptionId, month })).toMatchObject({
    subscriptionId,
    lines: [{ dimension: 'reports', used: '7.25', billed: '7.25', pending: '0' }],
  });

  await fixture.advance(3 * DAY);
  const verdict = (wanted: string) =>
    until(`the day is ${wanted}`, async () => {
      const { items } = await api.usage.readBack.query({ subscriptionId });
      return items[0]?.verdict === wanted && items;
    });
  expect(await verdict('agrees')).toMatchObject([{ day, ours: '7.25', processed: '7.25' }]);
  await alertsWhen(fixture, []);

  const recon = { subscriptionId, dimension: 'reports', day };
  await control.setUsageRecon({ ...recon, reconStatus: 'Accepted', processedQuantity: '7' });
  await fixture.advance(DAY);
  await verdict('mismatch');
  await alertsWhen(fixture, ['UsageMismatch']);
  const [incident] = (await api.incidents.list.query({ isSettled: false })).items;
  expect(incident).toMatchObject({ subscriptionId, kind: 'mismatch', ours: '7.25', theirs: '7' });

  await api.incidents.settle.mutate({ incidentId: incident?.id ?? '', reason: 'support case 1' });
  await alertsWhen(fixture, []);
});

test('a report that cannot be read for two days raises a warning, which ends when it is read', async () => {
  await using fixture = await openFixture();
  await alertsWhen(fixture, []);
  const fault = await fixture.control.addFault({ endpoint: 'usageEvents', status: 404 });
  await fixture.advance(47 * HOUR);
  expect(await alertsOf(fixture)).toEqual([]);

  await fixture.advance(2 * HOUR);
  expect(await alertsOf(fixture)).toEqual([]);
  await fixture.advance(HOUR / 2);
  await alertsWhen(fixture, ['UsageReadBackFailing']);

  await fixture.control.removeFault(fault.id);
  await fixture.advance(6 * HOUR);
  await alertsWhen(fixture, []);
});

test('a crossed limit and an unusual day raise their own warnings, but not for test purchases', async () => {
  await using fixture = await openFixture();
  const { api, store } = fixture;
  const ids = [await fixture.subscribe(), await fixture.subscribe({ isTest: true })] as const;
  const limit = async (subscriptionId: string) => {
    await api.thresholds.put.mutate({ subscriptionId, dimension: 'reports', units: '10' });
    await fixture.use(subscriptionId, 11);
    await fixture.advance(HOUR);
    await fixture.settled(subscriptionId);
  };
  const history = (subscriptionId: string) =>
    store.kysely
      .insertInto('usageHours')
      .values(
        Array.from({ length: 8 }, (_, index) => {
          const hour = new Date(Date.parse('2026-03-09T08:00:00Z') - index * DAY);
          return {
            subscriptionId,
            dimension: 'api-calls',
            hour,
            publisherId: 'contoso',
            planId: 'starter',
            used: index === 0 ? '500' : '10',
            state: 'settled' as const,
            firstUsedAt: hour,
            lastUsedAt: hour,
          };
        }),
      )
      .execute();

  await limit(ids[1]);
  expect(await alertsOf(fixture)).toEqual([]);
  await limit(ids[0]);
  await alertsWhen(fixture, ['UsageThresholdCrossed']);

  await history(ids[1]);
  await history(ids[0]);
  await until('both unusual days are found', async () => {
    // Again in each round: a check that began before the history was there ends by noting the day as checked.
    await store.kysely.updateTable('readBackRuns').set({ watchedDay: '2026-03-08' }).execute();
    return (await api.incidents.list.query({ kind: 'unusual' })).items.length === 2;
  });
  await alertsWhen(fixture, ['UsageThresholdCrossed', 'UsageUnusual']);
});
