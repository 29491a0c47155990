import { expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import { firingAlerts } from './firing-alerts.ts';
import { HOUR, MINUTE, openFixture } from './fixture.ts';

const away = { endpoint: 'plans', status: 503, body: {} } as const;

test('while Microsoft does not answer, the last version applies; after a day an alert fires until a plan is read again', async () => {
  await using fixture = await openFixture({ included: 'by-microsoft' });
  const id = await fixture.subscribe();
  const plan = async () => {
    const { items } = await fixture.api.catalogue.list.query({ planId: 'starter' });
    return items[0];
  };
  const planWhen = (isWanted: (found: Awaited<ReturnType<typeof plan>>) => boolean) =>
    until('the plan is as wanted', async () => {
      const found = await plan();
      return isWanted(found) && found;
    });
  const first = await planWhen((found) => found?.version === 1);
  const alerts = () => firingAlerts(fixture);

  const fault = await fixture.control.addFault(away);
  await fixture.advance(24 * HOUR);
  expect(await planWhen((found) => found?.problem !== undefined)).toMatchObject({
    version: 1,
    problem: 'marketplace.unavailable',
    readAt: first?.readAt,
  });
  expect(await alerts()).not.toContain('CatalogueUnread');
  await fixture.use(id, 130);
  await fixture.advance(HOUR);
  expect(await fixture.settled(id)).toMatchObject([{ reported: '30', status: 'Accepted' }]);
  await fixture.advance(24 * HOUR);
  expect(await alerts()).toContain('CatalogueUnread');

  await fixture.untilPlansTried();
  await fixture.control.removeFault(fault.id);
  await fixture.advance(HOUR);
  await planWhen((found) => found?.problem === undefined && found?.readAt !== first?.readAt);
  expect(await alerts()).not.toContain('CatalogueUnread');
});

test('two instances read the plans of an offer with one call a day', async () => {
  await using fixture = await openFixture({ included: 'by-microsoft' });
  await using _ = await fixture.startService();
  const ids = [await fixture.subscribe(), await fixture.subscribe({ planId: 'growth' })];
  const isRead = () =>
    until('both plans are read', async () => {
      const { items } = await fixture.api.catalogue.list.query({ offerId: 'analytics' });
      const read = items.filter(({ readAt }) => readAt === fixture.now().toISOString());
      return read.some(({ planId }) => planId === 'starter') &&
        read.some(({ planId }) => planId === 'growth')
        ? read
        : undefined;
    });
  await isRead();
  await fixture.untilPlansTried();
  // The call takes longer than the other instance needs to look for work.
  await fixture.control.addFault({ endpoint: 'plans', latencyMs: 500 });
  await fixture.control.startRecording();
  await fixture.advance(24 * HOUR + MINUTE);
  await isRead();
  await fixture.rounds();
  const { calls } = await fixture.control.recording();
  const readings = calls.filter(({ path }) => path.endsWith('/listAvailablePlans'));
  expect(readings).toHaveLength(1);
  expect(ids.some((id) => readings[0]?.path.includes(id))).toBe(true);
});
