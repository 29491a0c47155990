import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentities } from '@landfall/emulator/identities';
import { until } from '@landfall/servers/wait';
import { HOUR, MINUTE, openFixture, type Fixture } from './fixture.ts';

/** The emulator's publishers. Their secrets differ in each fixture. */
const identities = createIdentities();

let folder: string;
let fixture: Fixture;
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
  fixture = await openFixture({
    env: {
      PUBLISHERS_FILE,
      PUBLISHER_TENANT_ID: '',
      FULFILLMENT_CLIENT_ID: '',
      FULFILLMENT_CLIENT_SECRET: '',
    },
  });
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Waits until Microsoft has refused the credential this many times. The hour is not being sent then. */
const refused = async (subscriptionId: string, attempts: number) =>
  await fixture.hoursWhen(
    { subscriptionId },
    ([hour]) =>
      hour?.problem === 'credentials.rejected' &&
      hour.state === 'closed' &&
      hour.attempts === attempts,
  );

test('a refused credential holds only the hours of its publisher, and no hour is sent with another publisher’s access', async () => {
  const ours = await fixture.subscribe();
  const theirs = await fixture.subscribe({ offerId: 'ledger' });
  await fixture.use(ours, 5);
  await fixture.use(theirs, 7);
  await fixture.advance(HOUR);
  await refused(ours, 1);
  await refused(theirs, 1);

  // One credential is repaired. It sends only its own publisher's hour.
  const [litware] = fixture.emulator.identities.otherPublishers ?? [];
  await writeFile(path.join(folder, 'litware'), litware?.fulfillmentApp.clientSecret ?? '');
  await fixture.advance(HOUR);
  expect(await fixture.settled(theirs)).toMatchObject([
    { state: 'settled', reported: '7', status: 'Accepted' },
  ]);
  await refused(ours, 2);
  const events = await fixture.control.usage();
  expect(events.map(({ resourceId, quantity }) => [resourceId, quantity])).toEqual([[theirs, '7']]);

  const { clientSecret } = fixture.emulator.identities.fulfillmentApp;
  await writeFile(path.join(folder, 'contoso'), clientSecret);
  await fixture.advance(HOUR);
  expect(await fixture.settled(ours)).toMatchObject([{ reported: '5', status: 'Accepted' }]);
});

test('a publisher whose calls hang does not hold up the hours of another', async () => {
  const slow = await fixture.subscribe();
  const quick = await fixture.subscribe({ offerId: 'ledger' });
  await fixture.use(slow, 5);
  await fixture.use(quick, 7);
  const held = { endpoint: 'batchUsageEvent', hold: true, subscriptionId: slow } as const;
  const { id } = await fixture.control.addFault(held);
  await fixture.advance(HOUR);
  await until('the call hangs', async () =>
    (await fixture.control.faults()).some((fault) => fault.id === id && fault.holding),
  );

  // Usage that becomes due while the call hangs.
  await fixture.use(quick, 8, { agoMs: 2 * HOUR });
  await fixture.advance(5 * MINUTE);
  await fixture.hoursWhen(
    { subscriptionId: quick, state: 'settled' },
    (hours) => hours.reduce((sum, { billed }) => sum + Number(billed), 0) === 15,
  );

  expect(await fixture.hours({ subscriptionId: slow })).toMatchObject([{ state: 'sending' }]);
  await fixture.control.removeFault(id);
  expect(await fixture.settled(slow)).toMatchObject([{ state: 'settled', billed: '5' }]);
});
