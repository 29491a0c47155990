import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPublishers, type Publishers } from '../src/publishers.ts';
import type { PublisherSettings } from '../src/publisher-list.ts';
import { createPublisherVerifier } from '../src/webhook-verifiers.ts';
import {
  makeKey,
  sign,
  startLocalAuthority,
  TENANT,
  type LocalAuthority,
} from '@landfall/servers/local-authority';
import { startLocalServer, type LocalServer } from '@landfall/servers/local-server';

// Written by hand: the caller that every webhook token must name.
const MARKETPLACE = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';
const [A, B] = [
  { publisherId: 'a', tenantId: TENANT, clientId: '22222222-aaaa-4bbb-8ccc-00000000000a' },
  {
    publisherId: 'b',
    tenantId: '11111111-aaaa-4bbb-8ccc-00000000000b',
    clientId: '22222222-aaaa-4bbb-8ccc-00000000000b',
  },
] as const;
const STRANGER = '99999999-aaaa-4bbb-8ccc-000000000009';
const SUBSCRIPTION = '77777777-aaaa-4bbb-8ccc-000000000007';

let authority: LocalAuthority;
let microsoft: LocalServer;
beforeEach(async () => {
  authority = await startLocalAuthority();
  microsoft = await startLocalServer();
});
afterEach(async () => {
  await authority[Symbol.asyncDispose]();
  await microsoft[Symbol.asyncDispose]();
});

function settingsOf(of: typeof A | typeof B): PublisherSettings {
  const credential = { FULFILLMENT_CLIENT_SECRET: `secret-of-${of.publisherId}` };
  return { ...of, credential, nameOf: String };
}

const open = (concurrentCalls?: number): Promise<Publishers> =>
  openPublishers(
    { publishers: [settingsOf(A), settingsOf(B)], isSole: false, warnings: [] },
    { authorityUrl: authority.url, baseUrl: `${microsoft.url}/api`, concurrentCalls },
  );

const tokenRequests = () =>
  authority.server.requests
    .filter(({ path }) => path.endsWith('/token'))
    .map(({ path, body }) => {
      const form = new URLSearchParams(body);
      return [path.split('/')[1], form.get('client_id'), form.get('client_secret')];
    });

test('each publisher requests its tokens in its own tenant with its own secret', async () => {
  const publishers = await open();
  microsoft.answer(() => ({ status: 404, body: {} }));
  await publishers.of('b')?.fulfillment.get(SUBSCRIPTION, {});
  expect(tokenRequests()).toEqual([[B.tenantId, B.clientId, 'secret-of-b']]);
  await publishers.of('a')?.fulfillment.get(SUBSCRIPTION, {});
  expect(tokenRequests()[1]).toEqual([A.tenantId, A.clientId, 'secret-of-a']);
  const [ofB, ofA] = microsoft.requests.map(({ headers }) => headers['authorization']);
  expect(ofA).not.toBe(ofB);
  expect(publishers.of('c')).toBeUndefined();
});

test("a refused credential stops only its own publisher's calls", async () => {
  const publishers = await open();
  microsoft.answer(() => ({ status: 404, body: {} }));
  authority.token = () => ({ status: 401, body: { error: 'invalid_client' } });
  const [a, b] = [publishers.of('a'), publishers.of('b')];
  await expect(a?.fulfillment.get(SUBSCRIPTION, {})).rejects.toMatchObject({
    code: 'credentials.rejected',
  });
  authority.token = undefined;
  expect(await b?.fulfillment.get(SUBSCRIPTION, {})).toBeUndefined();
  // The pause of the first publisher does not affect the second.
  await expect(a?.fulfillment.get(SUBSCRIPTION, {})).rejects.toMatchObject({
    code: 'credentials.rejected',
  });
});

test('a missing credential file is reported and stops only its own publisher', async () => {
  const gone = { FULFILLMENT_CLIENT_SECRET_FILE: '/nowhere/secret' };
  const reported: string[] = [];
  const openWith = (publishers: readonly PublisherSettings[]) =>
    openPublishers(
      { publishers, isSole: false, warnings: [] },
      {
        authorityUrl: authority.url,
        baseUrl: `${microsoft.url}/api`,
        onUnreadable: ({ message }, { publisherId }) => reported.push(`${publisherId}: ${message}`),
      },
    );
  const without = { ...settingsOf(A), credential: gone };
  const publishers = await openWith([without, settingsOf(B)]);
  expect(reported).toEqual([expect.stringMatching(/^a: FULFILLMENT_CLIENT_SECRET_FILE .*ENOENT/)]);
  microsoft.answer({ status: 404, body: {} });
  expect(await publishers.of('b')?.fulfillment.get(SUBSCRIPTION, {})).toBeUndefined();
  const unreadable = { code: 'credentials.unreadable' };
  await expect(publishers.of('a')?.fulfillment.get(SUBSCRIPTION, {})).rejects.toMatchObject(
    unreadable,
  );
  await expect(openWith([without])).rejects.toMatchObject(unreadable);
});

test('hanging calls of one publisher take no slots of another', async () => {
  const publishers = await open(1);
  microsoft.answer({ hang: true }, { status: 404, body: {} });
  const giveUp = new AbortController();
  const hanging = publishers.of('a')?.fulfillment.get(SUBSCRIPTION, { signal: giveUp.signal });
  await expect.poll(() => microsoft.requests.length).toBe(1);
  expect(await publishers.of('b')?.fulfillment.get(SUBSCRIPTION, {})).toBeUndefined();
  giveUp.abort();
  await expect(hanging).rejects.toMatchObject({ code: 'marketplace.aborted' });
});

test('a webhook token is verified only for the publisher that it names', async () => {
  const key = await makeKey('k1');
  authority.v2Keys = [key];
  authority.v1Keys = [key];
  const verifier = createPublisherVerifier([A, B], { authorityUrl: authority.url });
  const verify = async (aud: string, tid: string, changes = {}) => {
    const seconds = Math.floor(Date.now() / 1_000);
    const claims = { aud, tid, azp: MARKETPLACE, iss: `${authority.url}/${tid}/v2.0`, ver: '2.0' };
    const times = { iat: seconds, nbf: seconds, exp: seconds + 600 };
    return await verifier.verify(`Bearer ${await sign(key, { ...claims, ...times, ...changes })}`);
  };
  expect(await verify(A.clientId, A.tenantId)).toMatchObject({ ok: true, publisherId: 'a' });
  expect(await verify(B.clientId.toUpperCase(), B.tenantId)).toMatchObject({
    ok: true,
    publisherId: 'b',
  });
  expect(await verify(`api://${B.clientId}`, B.tenantId)).toMatchObject({ publisherId: 'b' });
  // The tenant of one publisher with the application of the other is no valid pair.
  const refused = (reason: string, publisherId?: string) => ({ ok: false, reason, publisherId });
  expect(await verify(A.clientId, B.tenantId)).toEqual(refused('tenant', 'a'));
  expect(await verify(STRANGER, A.tenantId)).toEqual(refused('audience'));
  expect(await verify(A.clientId, STRANGER)).toEqual(refused('tenant', 'a'));
  // The chosen verifier does not trust the claims by which it was chosen.
  expect(await verify(A.clientId, A.tenantId, { azp: STRANGER })).toEqual(refused('caller', 'a'));
  expect(
    await verify(B.clientId, B.tenantId, { iss: `${authority.url}/${A.tenantId}/v2.0` }),
  ).toEqual(refused('issuer', 'b'));
  expect(await verifier.verify('Bearer e30.e30.e30')).toMatchObject({ ok: false });
  expect(await verifier.verify('Bearer nonsense')).toEqual(refused('malformed'));
  expect(await verifier.verify(undefined)).toEqual(refused('missing'));
  const asked = authority.server.requests.map(({ path }) => path);
  expect(asked.some((path) => path.includes(STRANGER))).toBe(false);
});
