import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialSettings } from '../src/credential-config.ts';
import { openPublisherCredential } from '../src/publisher-credential.ts';
import { createTokenSource, type TokenSource } from '@landfall/marketplace/token-source';
import {
  CLIENT,
  startLocalAuthority,
  TENANT,
  type LocalAuthority,
} from '@landfall/servers/local-authority';
import { selfSigned } from '@landfall/servers/self-signed';

const END = new Date('2030-05-06T07:08:09Z');
const [first, second] = [selfSigned(END), selfSigned(new Date('2031-01-01T00:00:00Z'))];

let authority: LocalAuthority;
let folder: string;
let now: number;

beforeEach(async () => {
  authority = await startLocalAuthority();
  folder = await mkdtemp(path.join(tmpdir(), 'landfall-credential-'));
  now = Date.now();
});
afterEach(async () => {
  await authority[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string): Promise<string> {
  const where = path.join(folder, name);
  await writeFile(where, content);
  return where;
}

/** A token source with the credential of these settings and the local authority. */
async function sourceOf(settings: Partial<CredentialSettings>): Promise<TokenSource> {
  const credential = await openPublisherCredential(settings);
  return createTokenSource({
    authorityUrl: authority.url,
    tenantId: TENANT,
    clientId: CLIENT,
    credential: credential.current,
    now: () => now,
  });
}

const forms = (): URLSearchParams[] =>
  authority.server.requests
    .filter(({ path: requested }) => requested.endsWith('/token'))
    .map(({ body }) => new URLSearchParams(body));

const refuse = (): void => {
  authority.token = () => ({
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: { error: 'invalid_client', error_description: 'AADSTS7000222', error_codes: [7000222] },
  });
};

const REJECTED = { code: 'credentials.rejected', retry: 'later' };

describe('a secret in a file', () => {
  test('is used without its line end', async () => {
    const where = await file('secret', 's3cret~one\n');
    await (await sourceOf({ FULFILLMENT_CLIENT_SECRET_FILE: where })).get();
    expect(forms()[0]?.get('client_secret')).toBe('s3cret~one');
  });

  test('that replaces a refused one is used by the next call, without a restart or a pause', async () => {
    const where = await file('secret', 'expired');
    const tokens = await sourceOf({ FULFILLMENT_CLIENT_SECRET_FILE: where });
    refuse();
    await expect(tokens.get()).rejects.toMatchObject(REJECTED);
    await writeFile(where, 'rotated');
    authority.token = undefined;
    expect(await tokens.get()).toMatch(/^token-/);
    expect(forms().map((form) => form.get('client_secret'))).toEqual(['expired', 'rotated']);
  });

  test('that is replaced by another refused one causes one request per secret', async () => {
    const where = await file('secret', 'a');
    const tokens = await sourceOf({ FULFILLMENT_CLIENT_SECRET_FILE: where });
    refuse();
    for (const content of ['a', 'b']) {
      await writeFile(where, content);
      const all = Array.from({ length: 200 }, () => tokens.get());
      for (const one of await Promise.allSettled(all)) {
        expect(one).toMatchObject({ status: 'rejected', reason: REJECTED });
      }
    }
    expect(forms().map((form) => form.get('client_secret'))).toEqual(['a', 'b']);
  });

  test('that is briefly missing is a fault to retry later, and works again with the next call', async () => {
    const where = await file('secret', 'one');
    const tokens = await sourceOf({ FULFILLMENT_CLIENT_SECRET_FILE: where });
    await rm(where);
    await expect(tokens.get()).rejects.toMatchObject({
      code: 'credentials.unreadable',
      retry: 'later',
    });
    expect(forms()).toEqual([]);
    await writeFile(where, 'two');
    expect(await tokens.get()).toBe('token-1');
  });
});

describe('a certificate', () => {
  const pair = async ({ certificate, privateKey }: typeof first) => ({
    FULFILLMENT_CERTIFICATE_FILE: await file('app.crt', certificate),
    FULFILLMENT_PRIVATE_KEY_FILE: await file('app.key', privateKey),
  });
  const thumbprints = () =>
    forms()
      .map((form) => decodeProtectedHeader(form.get('client_assertion') ?? ''))
      .map((header) => header['x5t#S256']);
  const expected = (one: typeof first) =>
    Buffer.from(
      new X509Certificate(one.certificate).fingerprint256.replaceAll(':', ''),
      'hex',
    ).toString('base64');

  test('signs an assertion that names it by its SHA-256 thumbprint', async () => {
    await (await sourceOf(await pair(first))).get();
    const assertion = forms()[0]?.get('client_assertion') ?? '';
    expect(decodeJwt(assertion)).toMatchObject({ iss: CLIENT, sub: CLIENT });
    expect(normal(thumbprints()[0])).toBe(normal(expected(first)));
  });

  test('is read again after a rotation', async () => {
    const tokens = await sourceOf(await pair(first));
    refuse();
    await expect(tokens.get()).rejects.toMatchObject(REJECTED);
    authority.token = undefined;
    await pair(second);
    await tokens.get();
    expect(thumbprints().map(normal)).toEqual([expected(first), expected(second)].map(normal));
  });

  test('is not used until its key has been replaced too', async () => {
    const tokens = await sourceOf(await pair(first));
    await file('app.crt', second.certificate);
    await expect(tokens.get()).rejects.toMatchObject({ code: 'credentials.unreadable' });
    expect(forms()).toEqual([]);
    await pair(second);
    expect(await tokens.get()).toBe('token-1');
  });

  test('takes its expiry from the certificate, whatever was configured', async () => {
    const credential = await openPublisherCredential({
      ...(await pair(first)),
      FULFILLMENT_CREDENTIAL_EXPIRES: new Date(0),
    });
    expect(await credential.expiresAt()).toEqual(END);
    await pair(second);
    expect((await credential.expiresAt())?.getUTCFullYear()).toBe(2031);
  });
});

test('a federated token is read for every assertion', async () => {
  const where = await file('token', 'from.federation.one');
  const tokens = await sourceOf({ FULFILLMENT_FEDERATED_TOKEN_FILE: where });
  const token = await tokens.get();
  await writeFile(where, 'from.federation.two');
  tokens.invalidate(token);
  await tokens.get();
  expect(forms().map((form) => form.get('client_assertion'))).toEqual([
    'from.federation.one',
    'from.federation.two',
  ]);
});

test.each([
  ['FULFILLMENT_CLIENT_SECRET_FILE', 'cannot be read (ENOENT)', {}],
  ['FULFILLMENT_FEDERATED_TOKEN_FILE', 'cannot be read (ENOENT)', {}],
  [
    'FULFILLMENT_CERTIFICATE_FILE',
    'does not contain a certificate',
    { FULFILLMENT_CERTIFICATE_FILE: 'no-certificate', FULFILLMENT_PRIVATE_KEY_FILE: 'no-key' },
  ],
  [
    'FULFILLMENT_PRIVATE_KEY_FILE',
    'does not contain an unencrypted private key',
    { FULFILLMENT_CERTIFICATE_FILE: first.certificate, FULFILLMENT_PRIVATE_KEY_FILE: 'no-key' },
  ],
])('a bad %s stops the start without quoting its content', async (name, problem, contents) => {
  const settings: Record<string, string> = { [name]: path.join(folder, 'nowhere') };
  for (const [variable, content] of Object.entries(contents)) {
    settings[variable] = await file(variable, content);
  }
  const error: unknown = await openPublisherCredential(settings as CredentialSettings).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'credentials.unreadable' });
  expect(String(error)).toContain(name);
  expect(String(error)).toContain(problem);
  expect(String(error)).not.toContain('no-');
});

/** Makes base64 and base64url of the same bytes equal. */
function normal(text: unknown): string {
  return Buffer.from(String(text), 'base64').toString('hex');
}
