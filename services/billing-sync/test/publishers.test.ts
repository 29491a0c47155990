import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentities } from '@landfall/emulator/identities';
import { HOUR, startWorld, type World } from './fixture.ts';

/** The emulator's own, but for what each world makes of secrets. */
const identities = createIdentities();

let folder: string;
let world: World;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'landfall-publishers-'));
  const { publisher, fulfillmentApp, otherPublishers = [] } = identities;
  const all = [{ ...publisher, fulfillmentApp }, ...otherPublishers];
  const publishers = all.map(({ publisherId, tenantId, fulfillmentApp: { clientId } }) => ({
    publisherId,
    tenantId,
    clientId,
    credential: { secretFile: publisherId },
  }));
  for (const { publisherId } of publishers) {
    await writeFile(path.join(folder, publisherId), 'expired-long-ago');
  }
  const PUBLISHERS_FILE = path.join(folder, 'publishers.json');
  await writeFile(PUBLISHERS_FILE, JSON.stringify({ publishers }));
  world = await startWorld({
    env: {
      PUBLISHERS_FILE,
      PUBLISHER_TENANT_ID: '',
      FULFILLMENT_CLIENT_ID: '',
      FULFILLMENT_CLIENT_SECRET: '',
    },
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const problemOf = async (subscriptionId: string, problem: string) =>
  await world.until(
    () => world.hours({ subscriptionId }),
    ([hour]) => hour?.problem === problem,
  );

test('a refused credential of one holds its hours alone, and no hour is sent by the other’s access', async () => {
  const ours = await world.subscribe();
  const theirs = await world.subscribe({ offerId: 'ledger' });
  await world.use(ours, 5);
  await world.use(theirs, 7);
  await world.advance(HOUR);
  await problemOf(ours, 'credentials.rejected');
  await problemOf(theirs, 'credentials.rejected');

  // One is put right; what it sends is its own hour and nothing of the other's.
  const [litware] = world.emulator.identities.otherPublishers ?? [];
  await writeFile(path.join(folder, 'litware'), litware?.fulfillmentApp.clientSecret ?? '');
  await world.advance(HOUR);
  expect(await world.settled(theirs)).toMatchObject([
    { state: 'settled', reported: 7, status: 'Accepted' },
  ]);
  const held = await problemOf(ours, 'credentials.rejected');
  expect(held).toMatchObject([{ state: 'closed' }]);
  const events = await world.control.usage();
  expect(events.map(({ resourceId, quantity }) => [resourceId, quantity])).toEqual([[theirs, 7]]);

  const { clientSecret } = world.emulator.identities.fulfillmentApp;
  await writeFile(path.join(folder, 'contoso'), clientSecret);
  await world.advance(HOUR);
  expect(await world.settled(ours)).toMatchObject([{ reported: 5, status: 'Accepted' }]);
});
