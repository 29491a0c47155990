import { expect, test } from 'vitest';
import { ConfigError, parseConfig, summariseConfig } from '@landfall/service-kit/config';
import { configSchema } from './config.ts';

const env = {
  DATABASE_URL: 'postgres://landing:pw@127.0.0.1/landfall',
  NATS_URL: 'nats://127.0.0.1:4222',
  PUBLIC_URL: 'https://buy.contoso.example/',
  LANDING_CLIENT_ID: 'app',
  LANDING_CLIENT_SECRET: 'client secret',
  SESSION_SECRET: `${'a'.repeat(32)}, ${'b'.repeat(32)}`,
  PRODUCT_NAME: 'Contoso',
  PRODUCT_URL: 'https://contoso.example',
};

test('the authority is Microsoft by default, and the public address is reduced to its origin', () => {
  const config = parseConfig(configSchema, env);
  expect(config.ENTRA_AUTHORITY_URL).toBe('https://login.microsoftonline.com');
  expect(config.PUBLIC_URL).toBe('https://buy.contoso.example');
});

test.each([
  ['a public address over plain http', { PUBLIC_URL: 'http://buy.contoso.example' }],
  ['an authority over plain http', { ENTRA_AUTHORITY_URL: 'http://login.example' }],
  ['a session secret that can be guessed', { SESSION_SECRET: 'short' }],
  ['a second session secret that can be guessed', { SESSION_SECRET: `${'a'.repeat(32)},b` }],
  ['a missing client secret', { LANDING_CLIENT_SECRET: undefined }],
  ['a product address that is a script', { PRODUCT_URL: 'javascript:alert(1)' }],
])('the service does not start with %s', (_, change) => {
  expect(() => parseConfig(configSchema, { ...env, ...change })).toThrow(ConfigError);
});

test('plain http is accepted on this machine', () => {
  const local = {
    PUBLIC_URL: 'http://127.0.0.1:4400',
    ENTRA_AUTHORITY_URL: 'http://localhost:4411',
  };
  expect(parseConfig(configSchema, { ...env, ...local }).PUBLIC_URL).toBe('http://127.0.0.1:4400');
});

test('the summary contains no secret', () => {
  const summary = JSON.stringify(summariseConfig(configSchema, parseConfig(configSchema, env)));
  expect(summary).not.toMatch(/client secret|aaaa|bbbb|:pw@/);
});
