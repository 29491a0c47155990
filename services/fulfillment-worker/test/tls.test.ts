import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeAuthority, makeCertificate, type Certificate } from './certificates.ts';
import { delivery, openDeliveryFixture, type DeliveryFixture } from './deliveries-fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let deliveryFixture: DeliveryFixture;
let authority: Certificate;
const trusted = getCACertificates('default');

beforeAll(async () => {
  authority = await makeAuthority();
  setDefaultCACertificates([...trusted, authority.cert]);
  deliveryFixture = await openDeliveryFixture('stopped');
  await deliveryFixture.boot();
});
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await deliveryFixture[Symbol.asyncDispose]();
});

const open: Server[] = [];

/** The ISV's receiver over TLS: what it got, and its replaceable certificate. */
async function receiverWith(certificate: Certificate) {
  const bodies: string[] = [];
  const server = createServer(certificate, (request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.writeHead(204).end();
    });
  });
  // These tests are about handshakes that the client breaks off.
  server.on('tlsClientError', () => undefined);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { bodies, url: `https://localhost:${port}/events`, server };
}

let offers = 0;

/** Sends one event to a receiver with this certificate. */
async function deliverTo(certificate: Certificate) {
  const receiver = await receiverWith(certificate);
  const offerId = `tls-${(offers += 1)}`;
  const { client } = deliveryFixture;
  const settings = { label: 'product', url: receiver.url, offerIds: [offerId] };
  const { destination } = await client.destinations.create.mutate(settings);
  await deliveryFixture.recordFact('activated', { offerId });
  return { ...receiver, id: destination.id };
}

const failures = async (deliveryId: string) => {
  const { history } = await deliveryFixture.client.deliveries.get.query({ deliveryId });
  return history.map(({ failure }) => failure);
};

const bad: Readonly<Record<string, () => Promise<Certificate>>> = {
  'signed by itself': () => makeCertificate(),
  'that has expired': () =>
    makeCertificate({
      by: authority,
      notBefore: new Date(Date.now() - 3 * DAY_MS),
      notAfter: new Date(Date.now() - 2 * DAY_MS),
    }),
  'that is not valid yet': () =>
    makeCertificate({
      by: authority,
      notBefore: new Date(Date.now() + 2 * DAY_MS),
      notAfter: new Date(Date.now() + 3 * DAY_MS),
    }),
  'of another host': () => makeCertificate({ by: authority, name: 'product.example' }),
  'of an authority that nobody knows': async () => makeCertificate({ by: await makeAuthority() }),
};

test('a receiver with a valid certificate gets events over TLS', async () => {
  const receiver = await deliverTo(await makeCertificate({ by: authority }));
  const arrived = await delivery(
    deliveryFixture,
    receiver.id,
    ({ state }) => state === 'delivered',
  );
  expect(arrived.attempts).toBe(1);
  expect(receiver.bodies).toHaveLength(1);
});

test.each(Object.entries(bad))(
  'a receiver with a certificate %s gets nothing until it has a valid one; then the same event arrives',
  async (_, certificate) => {
    const receiver = await deliverTo(await certificate());
    const failed = await delivery(deliveryFixture, receiver.id, ({ attempts }) => attempts === 1);
    expect(failed.state).toBe('waiting');
    expect(await failures(failed.id)).toEqual(['certificate']);
    expect(receiver.bodies).toEqual([]);

    receiver.server.setSecureContext(await makeCertificate({ by: authority }));
    deliveryFixture.advanceTo(failed.nextAttemptAt);
    const arrived = await delivery(
      deliveryFixture,
      receiver.id,
      ({ state }) => state === 'delivered',
    );
    expect(arrived).toMatchObject({ id: failed.id, eventId: failed.eventId, attempts: 2 });
    expect(receiver.bodies).toHaveLength(1);
  },
);
