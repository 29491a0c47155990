import { expect, test } from 'vitest';
import { streams } from '@landfall/contracts/streams';
import { until } from '@landfall/servers/wait';
import { HOUR, openFixture, type Fixture } from './fixture.ts';

/** Answers for the owner of the records, with one version for every subscription. */
function ownerWith(fixture: Fixture, version: number): AsyncDisposable {
  const view = {
    publisherId: 'contoso',
    offerId: 'analytics',
    planId: 'starter',
    name: 'n',
    quantity: null,
    status: 'Subscribed',
    term: {},
    autoRenew: true,
    isFreeTrial: false,
    isTest: false,
    beneficiary: {},
    purchaser: {},
    allowedCustomerOperations: [],
    channel: 'direct',
    version,
  };
  return fixture.bus.respond(
    'rpc.fulfillment-worker.subscriptions.get',
    'owner',
    async (message) => {
      const { input } = JSON.parse(message.body) as { input: { subscriptionId: string } };
      return JSON.stringify({ result: { data: { ...view, id: input.subscriptionId } } });
    },
  );
}

const letters = async (fixture: Fixture) =>
  (await fixture.bus.streamState(streams.deadLetters.name))?.lastSequence;

test('a fact with a version that its owner does not have changes nothing, and later facts still count', async () => {
  await using fixture = await openFixture();
  const id = await fixture.subscribe();
  await using _ = ownerWith(fixture, 2);

  await fixture.publish('unsubscribed', { id, version: 99_999, status: 'Unsubscribed' });
  await until('the fact is a dead letter', async () => (await letters(fixture)) === 1);
  await fixture.use(id, 3, { agoMs: HOUR });
  await fixture.advance(2 * HOUR);

  const [hour] = await fixture.hoursWhen(
    { subscriptionId: id, state: 'settled' },
    ([first]) => first !== undefined,
  );
  expect(hour).toMatchObject({ reported: '3', status: 'Accepted' });
});

test('a fact with a much higher version is applied when its owner confirms the version', async () => {
  await using fixture = await openFixture();
  const id = await fixture.subscribe();
  await using _ = ownerWith(fixture, 500);

  await fixture.deliver('suspended', { id, version: 500, status: 'Suspended' });

  await fixture.use(id, 1, { agoMs: HOUR });
  await fixture.advance(2 * HOUR);
  expect(await fixture.settled(id)).toMatchObject([{ state: 'held' }]);
});
