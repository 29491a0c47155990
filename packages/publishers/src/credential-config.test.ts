import { expect, test } from 'vitest';
import { z } from 'zod';
import { credentialFlaw, credentialShape, hasOneCredential } from './credential-config.ts';

const schema = hasOneCredential(z.object({ ...credentialShape, TENANT: z.guid() }));
const TENANT = '3b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f10';

function problems(env: Readonly<Record<string, string>>): string[] {
  const { error } = schema.safeParse(env);
  return error?.issues.map(({ message }) => message) ?? [];
}

test.each([
  { FULFILLMENT_CLIENT_SECRET: 's3cret' },
  { FULFILLMENT_CLIENT_SECRET_FILE: '/run/secrets/entra' },
  { FULFILLMENT_CERTIFICATE_FILE: '/run/app.crt', FULFILLMENT_PRIVATE_KEY_FILE: '/run/app.key' },
  { FULFILLMENT_FEDERATED_TOKEN_FILE: '/run/token' },
])('one kind of credential is enough: %o', (env) => {
  expect(problems({ TENANT, ...env })).toEqual([]);
});

test('without a credential, the message lists every choice', () => {
  const [problem] = problems({ TENANT });
  expect(problem).toContain('set exactly one');
  for (const name of ['_SECRET', '_SECRET_FILE', '_CERTIFICATE_FILE', '_TOKEN_FILE']) {
    expect(problem).toContain(name);
  }
});

test('with two kinds, the message names both and contains no value', () => {
  const [problem] = problems({
    TENANT,
    FULFILLMENT_CLIENT_SECRET: 's3cret',
    FULFILLMENT_FEDERATED_TOKEN_FILE: '/run/token',
  });
  expect(problem).toContain('FULFILLMENT_CLIENT_SECRET, FULFILLMENT_FEDERATED_TOKEN_FILE');
  expect(problem).toContain('keep one');
  expect(problem).not.toContain('s3cret');
});

test('with a certificate but no key, the message names the missing variable', () => {
  const [problem] = problems({ TENANT, FULFILLMENT_CERTIFICATE_FILE: '/run/app.crt' });
  expect(problem).toContain('without FULFILLMENT_PRIVATE_KEY_FILE');
});

test('a missing credential is reported together with other problems', () => {
  expect(problems({ TENANT: 'mine', FULFILLMENT_CREDENTIAL_EXPIRES: 'soon' })).toHaveLength(3);
});

test('an empty variable counts as absent', () => {
  expect(
    credentialFlaw({ FULFILLMENT_CLIENT_SECRET: 's', FULFILLMENT_CERTIFICATE_FILE: '' }),
  ).toBeUndefined();
});

test.each([
  ['2027-03-31', '2027-03-31T00:00:00.000Z'],
  ['2027-03-31T10:00:00+02:00', '2027-03-31T08:00:00.000Z'],
])('the expiry can be given as %s', (text, moment) => {
  const env = { TENANT, FULFILLMENT_CLIENT_SECRET: 's', FULFILLMENT_CREDENTIAL_EXPIRES: text };
  expect(schema.parse(env).FULFILLMENT_CREDENTIAL_EXPIRES?.toISOString()).toBe(moment);
});
