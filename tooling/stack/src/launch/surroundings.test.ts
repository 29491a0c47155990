import path from 'node:path';
import { expect, test } from 'vitest';
import { givenMarketplace } from './surroundings.ts';

const BASE_URL = 'https://marketplaceapi.microsoft.com/api';
const named = {
  PUBLISHER_TENANT_ID: 't',
  FULFILLMENT_CLIENT_ID: 'f',
  LANDING_CLIENT_ID: 'l',
  LANDING_CLIENT_SECRET: 'ls',
};

test('any one kind of credential is passed on, with file names resolved in the current folder', () => {
  const { credential } = givenMarketplace(BASE_URL, {
    ...named,
    FULFILLMENT_CLIENT_SECRET: '',
    FULFILLMENT_CERTIFICATE_FILE: 'app.crt',
    FULFILLMENT_PRIVATE_KEY_FILE: '/run/app.key',
    FULFILLMENT_CREDENTIAL_EXPIRES: '2027-03-31',
  });
  expect(credential).toEqual({
    FULFILLMENT_CERTIFICATE_FILE: path.resolve('app.crt'),
    FULFILLMENT_PRIVATE_KEY_FILE: '/run/app.key',
    FULFILLMENT_CREDENTIAL_EXPIRES: '2027-03-31',
  });
});

test('a list of publishers is passed on, and refused together with a single publisher', () => {
  const { LANDING_CLIENT_ID, LANDING_CLIENT_SECRET } = named;
  const env = { LANDING_CLIENT_ID, LANDING_CLIENT_SECRET, PUBLISHERS_FILE: 'publishers.json' };
  const { publishers, credential } = givenMarketplace(BASE_URL, env);
  expect(publishers).toEqual({ PUBLISHERS_FILE: path.resolve('publishers.json') });
  expect(credential).toEqual({});
  const start = () => givenMarketplace(BASE_URL, { ...named, ...env });
  expect(start).toThrow('PUBLISHERS_FILE is set together with PUBLISHER_TENANT_ID');
});

test('a missing credential and a missing variable are reported together, with the next step', () => {
  const { LANDING_CLIENT_ID: _id, ...rest } = named;
  const start = () => givenMarketplace(BASE_URL, rest);
  expect(start).toThrow(/LANDING_CLIENT_ID; .*set exactly one: FULFILLMENT_CLIENT_SECRET/);
  expect(start).toThrow('Next step');
});

test('two kinds of credential are refused, and the message names both', () => {
  const start = () =>
    givenMarketplace(BASE_URL, {
      ...named,
      FULFILLMENT_CLIENT_SECRET: 's3cret',
      FULFILLMENT_FEDERATED_TOKEN_FILE: 'token',
    });
  expect(start).toThrow('FULFILLMENT_CLIENT_SECRET, FULFILLMENT_FEDERATED_TOKEN_FILE are set');
  expect(start).not.toThrow('s3cret');
});
