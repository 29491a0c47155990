import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => void (fixture = await startFixture()));
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

const MINUTE_MS = 60_000;

async function statuses(): Promise<number[]> {
  const answers = await Promise.all([
    fixture.api('GET', '/saas/subscriptions'),
    fixture.api('GET', '/usageEvents', { version: '2018-08-31' }),
  ]);
  return answers.map(({ status }) => status);
}

test('an outage answers every call with 503 for a minute, and then ends by itself', async () => {
  const { control } = fixture.emulator;
  const [outage] = await control.runPreset('outage');
  expect(outage).toMatchObject({ which: 'outage', title: 'Marketplace down for a minute' });
  expect(await statuses()).toEqual([503, 503]);
  await control.advance(MINUTE_MS - 1);
  expect(await statuses()).toEqual([503, 503]);
  await control.advance(1);
  expect(await statuses()).toEqual([200, 400]);
  expect(await control.activeFaults()).toEqual([]);
  expect(await control.faults()).toEqual([]);
});

test('a preset that is started twice is active once, and ends at once when it is removed', async () => {
  const { control } = fixture.emulator;
  await control.runPreset('lose-next');
  expect(await control.runPreset('lose-next')).toHaveLength(1);
  expect(await control.faults()).toHaveLength(1);
  await control.removeFault('lose-next');
  await control.runPreset('outage');
  await control.runPreset('slow');
  await control.removeFault('outage');
  expect(await control.activeFaults()).toMatchObject([{ which: 'slow' }]);
  await expect(control.removeFault('outage')).rejects.toMatchObject({ status: 404 });
});

test('notifications are sent twice, or the next one is lost', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  await control.runPreset('duplicate');
  await control.suspend(id);
  await control.advance(1000);
  expect(fixture.receiver.received).toHaveLength(2);

  await control.runPreset('reset-faults');
  fixture.receiver.received.length = 0;
  const [lost] = await control.runPreset('lose-next');
  expect(lost).toMatchObject({ left: 1, endsAt: null });
  await control.reinstate(id);
  await control.advance(1000);
  expect(fixture.receiver.received).toHaveLength(0);
  expect(await control.activeFaults()).toEqual([]);
});

test('changes are shown late until the lag is ended', async () => {
  const { control } = fixture.emulator;
  const id = await fixture.subscribed();
  const shown = async () =>
    (await fixture.api('GET', `/saas/subscriptions/${id}`)).json.saasSubscriptionStatus as string;
  const [lag] = await control.runPreset('lag');
  expect(lag?.text).toContain('20 seconds');
  await control.suspend(id);
  await control.advance(19_000);
  expect(await shown()).toBe('Subscribed');
  await control.removeFault('lag');
  expect(await shown()).toBe('Suspended');
  expect((await control.settings()).recordLagMs).toEqual([2000]);
});

test('a preset moves the clock by a day, and another ends every fault', async () => {
  const { control } = fixture.emulator;
  const before = Date.parse((await control.clock()).now);
  await control.runPreset('advance-day');
  expect(Date.parse((await control.clock()).now) - before).toBe(86_400_000);
  await control.addFault({ endpoint: 'get', status: 500 });
  await control.runPreset('lag');
  expect(await control.runPreset('reset-faults')).toEqual([]);
});

test('the control API lists the presets, and refuses an unknown one', async () => {
  const { control } = fixture.emulator;
  const names = (await control.presets()).map(({ name }) => name);
  expect(names).toEqual([
    'outage',
    'slow',
    'duplicate',
    'lose-next',
    'lag',
    'mail-refused',
    'mail-later',
    'mail-away',
    'advance-day',
    'reset-faults',
  ]);
  await expect(control.runPreset('rain' as 'lag')).rejects.toMatchObject({ status: 404 });
});

test('every kind of fault is described by one plain sentence', async () => {
  const { control } = fixture.emulator;
  await control.addFault({ endpoint: 'activate', status: 503, count: 2 });
  await control.addFault({ endpoint: 'get', drop: true, afterEffect: true, count: 1 });
  await control.addFault({ endpoint: 'list', latencyMs: 2500, probability: 0.5 });
  await control.addFault({ endpoint: 'batchUsageEvent', rowStatus: 'Expired', dimension: 'a' });
  await control.addFault({ endpoint: 'webhook', delayMs: 1000, actions: ['Renew'] });
  const shown = await control.activeFaults();
  expect(shown.map(({ title, text }) => `${title}: ${text}`)).toEqual([
    'Activate a subscription: Each of the next 2 calls is answered with 503.',
    'Get subscription: The next call is cut without an answer, and has its effect before that.',
    'List subscriptions: Every call, with a chance of 50 %, takes 2.5 seconds longer.',
    'Post a batch of usage events: Every call gets the status Expired for its usage rows. Only for dimension a.',
    'Notifications: Every notification is sent 1 second later. Only for the action Renew.',
  ]);
});
