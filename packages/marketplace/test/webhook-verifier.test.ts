import { KeyObject, sign as rsaSign } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UNKNOWN_KEY_WINDOW_MS } from '../src/signing-keys.ts';
import { createWebhookVerifier, type WebhookVerifier } from '../src/webhook-verifier.ts';
import {
  CLIENT,
  makeKey,
  sign,
  startLocalAuthority,
  TENANT,
  type LocalAuthority,
  type SigningKey,
} from '@landfall/servers/local-authority';

// Written by hand: the caller that every webhook token must name.
const MARKETPLACE = '20e940b3-4c77-4b0b-9a53-9e16a1b010a7';
const LOOK_ALIKE = '20e940b3-4c07-4bc1-a733-45f7c7a3d0e3';
const OTHER = '99999999-aaaa-4bbb-8ccc-000000000009';

let first: SigningKey;
let second: SigningKey;
let foreign: SigningKey;
let authority: LocalAuthority;
let now: number;
let verifier: WebhookVerifier;

beforeAll(async () => {
  [first, second, foreign] = (await Promise.all(['k1', 'k2', 'k1'].map(makeKey))) as [
    SigningKey,
    SigningKey,
    SigningKey,
  ];
});

beforeEach(async () => {
  authority = await startLocalAuthority();
  authority.v2Keys = [first];
  authority.v1Keys = [first];
  now = Date.parse('2026-11-22T10:00:00Z');
  verifier = newVerifier();
});
afterEach(() => authority[Symbol.asyncDispose]());

function newVerifier(): WebhookVerifier {
  return createWebhookVerifier({
    authorityUrl: authority.url,
    tenantId: TENANT,
    clientId: CLIENT,
    now: () => now,
  });
}

function v2Claims(): Record<string, unknown> {
  const seconds = Math.floor(now / 1_000);
  return {
    aud: CLIENT,
    iss: `${authority.url}/${TENANT}/v2.0`,
    iat: seconds,
    nbf: seconds,
    exp: seconds + 3_600,
    azp: MARKETPLACE,
    azpacr: '2',
    tid: TENANT,
    ver: '2.0',
  };
}

function v1Claims(): Record<string, unknown> {
  const { azp: _azp, azpacr: _azpacr, ...rest } = v2Claims();
  return { ...rest, iss: `https://sts.windows.net/${TENANT}/`, appid: MARKETPLACE, ver: '1.0' };
}

const verify = async (claims: Record<string, unknown>, header = {}, key = first) =>
  verifier.verify(`Bearer ${await sign(key, claims, header)}`);

const keyRequests = (): number => authority.count('/keys');

describe('a genuine call passes', () => {
  test.each([
    ['v2', 2, v2Claims],
    ['v1', 1, v1Claims],
  ] as const)('with a %s token', async (_, tokenVersion, claims) => {
    expect(await verify(claims())).toEqual({
      ok: true,
      claims: {
        tokenVersion,
        caller: MARKETPLACE,
        tenantId: TENANT,
        keyId: 'k1',
        issuer: claims().iss,
        audience: claims().aud,
      },
    });
  });

  test.each<[string, () => Record<string, unknown>]>([
    ['the audience as api://', () => ({ aud: `api://${CLIENT}` })],
    ['several audiences', () => ({ aud: [OTHER, CLIENT] })],
    [
      'ids in upper case',
      () => ({
        aud: CLIENT.toUpperCase(),
        tid: TENANT.toUpperCase(),
        azp: MARKETPLACE.toUpperCase(),
      }),
    ],
    [
      'an issuer in upper case',
      () => ({ iss: `https://STS.windows.net/${TENANT.toUpperCase()}/` }),
    ],
    ['an expiry 30 seconds ago', () => ({ exp: now / 1_000 - 30 })],
    ['a start in 30 seconds', () => ({ nbf: now / 1_000 + 30 })],
  ])('with %s', async (_, claims) => {
    expect(await verify({ ...v2Claims(), ...claims() })).toMatchObject({ ok: true });
  });

  test('with a scheme in lower case', async () => {
    const token = await sign(first, v2Claims());
    expect(await verifier.verify(`bearer ${token}`)).toMatchObject({ ok: true });
  });

  test('with a key that only one of the two key sets has', async () => {
    authority.v1Keys = [second];
    expect(await verify(v1Claims(), {}, second)).toMatchObject({ ok: true });
    expect(await verify(v2Claims(), {}, first)).toMatchObject({ ok: true });
  });
});

describe('a forged call is refused', () => {
  test.each<[string, () => Record<string, unknown>, string]>([
    ["the marketplace's own id as audience", () => ({ aud: MARKETPLACE }), 'audience'],
    ['another audience', () => ({ aud: OTHER }), 'audience'],
    ['no audience', () => ({ aud: undefined }), 'audience'],
    ['an audience that only starts like ours', () => ({ aud: `${CLIENT}.evil` }), 'audience'],
    ['another tenant', () => ({ tid: OTHER }), 'tenant'],
    ['no tenant', () => ({ tid: undefined }), 'tenant'],
    ['another caller', () => ({ azp: OTHER }), 'caller'],
    ['no caller', () => ({ azp: undefined }), 'caller'],
    ['the look-alike of the marketplace', () => ({ azp: LOOK_ALIKE }), 'caller'],
    ['two callers that disagree', () => ({ appid: OTHER }), 'caller'],
    ['a caller that is not text', () => ({ azp: [MARKETPLACE] }), 'caller'],
    ['another issuer', () => ({ iss: `https://sts.windows.net/${OTHER}/` }), 'issuer'],
    [
      'an issuer with a foreign host',
      () => ({ iss: `https://evil.example/${TENANT}/v2.0` }),
      'issuer',
    ],
    ['no issuer', () => ({ iss: undefined }), 'issuer'],
    ['an expiry five minutes ago', () => ({ exp: now / 1_000 - 300 }), 'expired'],
    ['an expiry just beyond the allowed skew', () => ({ exp: now / 1_000 - 61 }), 'expired'],
    ['a start in five minutes', () => ({ nbf: now / 1_000 + 300 }), 'not-yet-valid'],
    ['no expiry', () => ({ exp: undefined }), 'malformed'],
    ['an expiry that is text', () => ({ exp: 'tomorrow' }), 'malformed'],
  ])('with %s', async (_, claims, reason) => {
    const changed = Object.entries({ ...v2Claims(), ...claims() });
    const present = Object.fromEntries(changed.filter(([, value]) => value !== undefined));
    expect(await verify(present)).toEqual({ ok: false, reason });
  });

  test.each([
    [undefined, 'missing'],
    ['', 'missing'],
    ['   ', 'missing'],
    ['Basic dXNlcjpwYXNz', 'malformed'],
    ['Bearer', 'malformed'],
    ['Bearer a b', 'malformed'],
    ['Bearer not-a-token', 'malformed'],
    ['Bearer a.b.c', 'malformed'],
    [`Bearer ${'x'.repeat(20_000)}`, 'malformed'],
  ])('with the header %j', async (header, reason) => {
    expect(await verifier.verify(header)).toEqual({ ok: false, reason });
    expect(keyRequests()).toBe(0);
  });

  test('without a signature (alg none)', async () => {
    const token = new UnsecuredJWT(v2Claims()).encode();
    expect(await verifier.verify(`Bearer ${token}`)).toMatchObject({ ok: false });
    const [, payload] = token.split('.');
    const header = Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url');
    const verdict = await verifier.verify(`Bearer ${header}.${payload}.`);
    expect(verdict).toEqual({ ok: false, reason: 'algorithm' });
  });

  test('signed with the public key as a shared secret (HS256)', async () => {
    const token = await new SignJWT(v2Claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(Buffer.from(JSON.stringify(first.jwk)));
    expect(await verifier.verify(`Bearer ${token}`)).toEqual({ ok: false, reason: 'algorithm' });
  });

  test('signed by another key under a known id', async () => {
    expect(await verify(v2Claims(), {}, foreign)).toEqual({ ok: false, reason: 'signature' });
  });

  test('with claims changed after signing', async () => {
    const [header, , signature] = (await sign(first, v2Claims())).split('.');
    const payload = Buffer.from(JSON.stringify({ ...v2Claims(), extra: 1 })).toString('base64url');
    const verdict = await verifier.verify(`Bearer ${header}.${payload}.${signature}`);
    expect(verdict).toEqual({ ok: false, reason: 'signature' });
  });

  test('with a key inside the token', async () => {
    const header = { jwk: foreign.jwk, jku: 'https://evil.example/keys', kid: 'evil' };
    expect(await verify(v2Claims(), header, foreign)).toEqual({ ok: false, reason: 'unknown-key' });
  });

  test('without a key id', async () => {
    const verdict = await verify(v2Claims(), { kid: undefined });
    expect(verdict).toEqual({ ok: false, reason: 'unknown-key' });
  });

  // RFC 7515 §4.1.11 and RFC 7797: jose signs neither, so both are signed by hand.
  test.each<[string, Record<string, unknown>]>([
    ['over an unencoded payload', { crit: ['b64'], b64: false }],
    ['with an unknown critical extension', { crit: ['landfall'], landfall: 1 }],
  ])('with a signature %s', async (_, extension) => {
    const signed = (more: object) => verifier.verify(`Bearer ${signByHand(v2Claims(), more)}`);

    expect(await signed(extension)).toEqual({ ok: false, reason: 'malformed' });
    expect(await signed({})).toMatchObject({ ok: true });
  });

  function signByHand(claims: object, more: object): string {
    const header = { alg: 'RS256', kid: first.kid, ...more };
    const parts = [header, claims].map((part) => encode(JSON.stringify(part)));
    const signature = rsaSign(
      'RSA-SHA256',
      Buffer.from(parts.join('.')),
      KeyObject.from(first.privateKey),
    );
    return [...parts, encode(signature)].join('.');
  }

  const encode = (part: string | Buffer) => Buffer.from(part).toString('base64url');
});

describe('keys', () => {
  test('are requested once, however many calls arrive together', async () => {
    const header = `Bearer ${await sign(first, v2Claims())}`;
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => verifier.verify(header)));
    expect(verdicts.every(({ ok }) => ok)).toBe(true);
    expect(keyRequests()).toBe(2);
  });

  test('are found after a rotation without a restart', async () => {
    await verify(v2Claims());
    authority.v1Keys = [second];
    authority.v2Keys = [second];
    expect(await verify(v2Claims(), {}, second)).toMatchObject({ ok: true });
    now += UNKNOWN_KEY_WINDOW_MS;
    expect(await verify({ ...v2Claims(), jti: 'new' }, {}, first)).toEqual({
      ok: false,
      reason: 'unknown-key',
    });
  });

  test('that were withdrawn end the tokens that they had verified', async () => {
    const token = `Bearer ${await sign(first, v2Claims())}`;
    expect(await verifier.verify(token)).toMatchObject({ ok: true });
    authority.v1Keys = [second];
    authority.v2Keys = [second];
    await verify(v2Claims(), {}, second);
    now += UNKNOWN_KEY_WINDOW_MS;
    expect(await verifier.verify(token)).toEqual({ ok: false, reason: 'unknown-key' });
  });

  test('withdrawn from one set are dropped even if the other set cannot be fetched', async () => {
    authority.v1Keys = [second];
    expect(await verify(v2Claims())).toMatchObject({ ok: true });
    authority.v1Keys = [];
    authority.v2Keys = [second];
    await expect(verify(v2Claims(), { kid: 'unknown' }, foreign)).rejects.toThrow();
    await expect(verify({ ...v2Claims(), jti: 'new' })).rejects.toMatchObject({
      code: 'keys.unavailable',
    });
    expect(await verify(v2Claims(), {}, second)).toMatchObject({ ok: true });
  });

  test('of a set that cannot be fetched for days are dropped, even if the other set can', async () => {
    authority.v2Keys = [second];
    expect(await verify(v1Claims())).toMatchObject({ ok: true });
    authority.v1Keys = [];
    now += 73 * 3_600_000;
    expect(await verify(v2Claims(), {}, second)).toMatchObject({ ok: true });
    await expect(verify(v1Claims())).rejects.toMatchObject({ code: 'keys.unavailable' });
  });

  test('are requested at most once per window for unknown key ids', async () => {
    await verify(v2Claims());
    const before = keyRequests();
    for (let call = 0; call < 20; call += 1) {
      const claims = { ...v2Claims(), jti: call };
      await verify(claims, { kid: `unknown-${call}` }, foreign).catch(() => undefined);
    }
    expect(keyRequests() - before).toBe(2);
    now += UNKNOWN_KEY_WINDOW_MS;
    await verify(v2Claims(), { kid: 'unknown-again' }, foreign);
    expect(keyRequests() - before).toBe(4);
  });

  test('published just after a forged call are never the cause of a refusal', async () => {
    await verify(v2Claims());
    expect(await verify(v2Claims(), { kid: 'forged' }, foreign)).toEqual({
      ok: false,
      reason: 'unknown-key',
    });
    authority.v1Keys = [second];
    authority.v2Keys = [second];
    await expect(verify(v2Claims(), {}, second)).rejects.toMatchObject({
      code: 'keys.unavailable',
      retry: 'later',
    });
    now += UNKNOWN_KEY_WINDOW_MS;
    expect(await verify(v2Claims(), {}, second)).toMatchObject({ ok: true });
  });

  test('that cannot be fetched are a fault to retry later, never a refusal', async () => {
    const call = await sign(first, v2Claims());
    for (const trouble of [
      { status: 500 },
      { drop: true },
      { body: '<html>' },
      { body: { keys: [] } },
    ]) {
      authority.trouble = trouble;
      await expect(newVerifier().verify(`Bearer ${call}`)).rejects.toMatchObject({
        name: 'Fault',
        code: 'keys.unavailable',
        retry: 'later',
      });
    }
  });

  test('with an unknown id are a fault, not a refusal, while they cannot be fetched', async () => {
    await verify(v2Claims());
    authority.trouble = { status: 503 };
    for (let call = 0; call < 2; call += 1) {
      await expect(verify(v2Claims(), {}, second)).rejects.toMatchObject({
        code: 'keys.unavailable',
      });
    }
  });

  test('with an unknown id are a fault, not a refusal, while one of the two sets cannot be fetched', async () => {
    authority.v1Keys = [];
    expect(await verify(v2Claims())).toMatchObject({ ok: true });
    await expect(verify(v1Claims(), {}, second)).rejects.toMatchObject({
      code: 'keys.unavailable',
    });
  });

  test('that are known stay in use during an outage of the authority', async () => {
    await verify(v2Claims());
    authority.trouble = { drop: true };
    now += 24 * 3_600_000;
    expect(await verify(v2Claims())).toMatchObject({ ok: true });
    now += 72 * 3_600_000;
    await expect(verify(v2Claims())).rejects.toMatchObject({ code: 'keys.unavailable' });
  });

  test('are fetched again after an outage', async () => {
    authority.trouble = { drop: true };
    await expect(verify(v2Claims())).rejects.toMatchObject({ code: 'keys.unavailable' });
    authority.trouble = undefined;
    now += 60_000;
    expect(await verify(v2Claims())).toMatchObject({ ok: true });
  });
});

test('an accepted token is refused once it has expired', async () => {
  const token = `Bearer ${await sign(first, v2Claims())}`;
  expect(await verifier.verify(token)).toMatchObject({ ok: true });
  expect(await verifier.verify(token)).toMatchObject({ ok: true });
  now += 3_600_000 + 61_000;
  expect(await verifier.verify(token)).toEqual({ ok: false, reason: 'expired' });
});

test('keys are never requested over http from another machine', () => {
  const options = { authorityUrl: 'http://login.example.com', tenantId: TENANT, clientId: CLIENT };
  expect(() => createWebhookVerifier(options)).toThrow(
    expect.objectContaining({ code: 'config.authority-not-https' }),
  );
});
