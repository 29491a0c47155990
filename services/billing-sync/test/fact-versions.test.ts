import { expect, test } from 'vitest';
import { streams } from '@landfall/contracts/streams';
import { HOUR, startWorld, type World } from './fixture.ts';

/** Answers for the owner of the records, with one version for every subscription. */
function ownerWith(world: World, version: number): AsyncDisposable {
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
  return world.bus.respond('rpc.fulfillment-worker.subscriptions.get', 'owner', async (message) => {
    const { input } = JSON.parse(message.body) as { input: { subscriptionId: string } };
    return JSON.stringify({ result: { data: { ...view, id: input.subscriptionId } } });
  });
}

const letters = async (world: World) =>
  (await world.bus.streamState(streams.deadLetters.name))?.lastSequence;

test('a fact with a version that its owner does not have changes nothing, and later facts still count', async () => {
  await using world = await startWorld();
  const id = await world.subscribe();
  await using _ = ownerWith(world, 2);

  await world.publish('unsubscribed', { id, version: 99_999, status: 'Unsubscribed' });
  await world.until(
    () => letters(world),
    (count) => count === 1,
  );
  await world.use(id, 3, { agoMs: HOUR });
  await world.advance(2 * HOUR);

  const [hour] = await world.until(
    () => world.hours({ subscriptionId: id, state: 'settled' }),
    ([first]) => first !== undefined,
  );
  expect(hour).toMatchObject({ reported: 3, status: 'Accepted' });
});

test('a fact with a much higher version is applied when its owner confirms the version', async () => {
  await using world = await startWorld();
  const id = await world.subscribe();
  await using _ = ownerWith(world, 500);

  await world.tell('suspended', { id, version: 500, status: 'Suspended' });

  await world.use(id, 1, { agoMs: HOUR });
  await world.advance(2 * HOUR);
  expect(await world.settled(id)).toMatchObject([{ state: 'held' }]);
});
