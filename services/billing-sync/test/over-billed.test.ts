import { expect, test } from 'vitest';
import { firingAlerts } from './firing-alerts.ts';
import { HOUR, MINUTE, openFixture } from './fixture.ts';

test('hours of one day for which Microsoft has too much add up in one incident, which a further hour opens again', async () => {
  await using fixture = await openFixture();
  const subscriptionId = await fixture.subscribe();
  /** Usage of an hour for which Microsoft has already accepted more, from another program. */
  const overBilled = async (agoMs: number, ours: string, theirs: string) => {
    const effectiveStartTime = new Date(fixture.now().getTime() - agoMs);
    const row = { resourceId: subscriptionId, dimension: 'reports', planId: 'starter' };
    const { metering } = fixture.marketplace;
    await metering.postUsageEvent({ ...row, quantity: theirs, effectiveStartTime }, {});
    await fixture.use(subscriptionId, ours, { agoMs });
  };
  const refused = async (hours: number) => {
    await fixture.advance(5 * MINUTE);
    const state = 'refused';
    await fixture.hoursWhen({ subscriptionId, state }, (found) => found.length === hours);
    return (await fixture.api.incidents.list.query({ subscriptionId })).items;
  };

  await overBilled(2 * HOUR, '2', '2.5');
  await overBilled(HOUR, '5', '8');
  const [incident, ...others] = await refused(2);

  expect(others).toEqual([]);
  expect(incident).toMatchObject({ kind: 'over-billed', ours: '7', theirs: '10.5' });
  expect(incident?.message).toContain('for 2026-03-10, 08:00, 09:00 UTC');
  expect(await firingAlerts(fixture)).toContain('UsageMismatch');

  const settled = { incidentId: incident!.id, reason: 'credited' };
  await fixture.api.incidents.settle.mutate(settled);
  expect(await firingAlerts(fixture)).not.toContain('UsageMismatch');
  await overBilled(3 * HOUR, '1', '1.5');

  const [again] = await refused(3);
  expect(again).toMatchObject({ id: incident!.id, ours: '8', theirs: '12' });
  expect(again).not.toHaveProperty('settledAt');
  expect(await firingAlerts(fixture)).toContain('UsageMismatch');
});
