import { parseEnv } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { readConfigSchemas, type ConfigSchemas } from '../config-schemas.ts';
import { completeEnv, envFlaws, unreadNames } from './env-file.ts';
import { envVariables, type EnvVariable } from './env-variables.ts';

let schemas: ConfigSchemas;
let variables: readonly EnvVariable[];

beforeAll(async () => {
  schemas = await readConfigSchemas();
  variables = envVariables(schemas, '1.2.3');
});

const person = {
  PUBLIC_URL: 'https://marketplace.contoso.com',
  PRODUCT_NAME: 'Contoso',
  PRODUCT_URL: 'https://contoso.com',
  PUBLISHER_TENANT_ID: 'b36cb8a6-6a75-4c9b-9b5e-8a5b5a3a1c11',
  FULFILLMENT_CLIENT_ID: 'b36cb8a6-6a75-4c9b-9b5e-8a5b5a3a1c12',
  FULFILLMENT_CLIENT_SECRET: 'of~the-application',
  LANDING_CLIENT_ID: 'b36cb8a6-6a75-4c9b-9b5e-8a5b5a3a1c13',
  LANDING_CLIENT_SECRET: 'of~the-sign-in',
};

function filled(values: Readonly<Record<string, string>> = person): string {
  let text = completeEnv(undefined, variables);
  for (const [name, value] of Object.entries(values)) {
    text = text.replace(new RegExp(`^(# )?${name}=.*$`, 'm'), `${name}=${value}`);
  }
  return text;
}

test('a new file lacks only what a person must fill in, and services accept it once that is done', () => {
  const fresh = completeEnv(undefined, variables);
  const given = parseEnv(fresh);
  const empty = Object.keys(given).filter((name) => given[name] === '');
  expect(new Set(empty)).toEqual(new Set(Object.keys(person)));
  expect(given['LANDFALL_IMAGE']).toBe('landfall:1.2.3');
  const problems = envFlaws(fresh, schemas)
    .map(({ name, problem }) => `${name}: ${problem}`)
    .join('\n');
  for (const name of Object.keys(person)) expect(problems).toContain(name);

  expect(envFlaws(filled(), schemas)).toEqual([]);
});

test('each secret is different, in every file', () => {
  const secrets = () =>
    envVariables(schemas, '1.2.3').flatMap(({ name, by, value }) =>
      by === 'program' && name !== 'LANDFALL_IMAGE' ? [value] : [],
    );
  const all = [...secrets(), ...secrets()];
  expect(new Set(all).size).toBe(all.length);
  for (const value of all) expect(value).toMatch(/^[0-9a-f]{64}$/);
});

test('an existing file keeps its values, comments and order, and gets its missing secrets', () => {
  const before = filled()
    .replace(/^POSTGRES_PASSWORD=.*$/m, 'POSTGRES_PASSWORD=mine')
    .replace(/^SESSION_SECRET=.*$/m, 'SESSION_SECRET=')
    .replace(/^NATS_PASSWORD_CLUSTER=.*\n/m, '')
    .concat('# my own line\nLOG_LEVEL=debug');
  const after = completeEnv(before, variables);

  expect(parseEnv(after)).toMatchObject({
    ...person,
    POSTGRES_PASSWORD: 'mine',
    LOG_LEVEL: 'debug',
  });
  expect(parseEnv(after)['SESSION_SECRET']).toMatch(/^[0-9a-f]{64}$/);
  expect(parseEnv(after)['NATS_PASSWORD_CLUSTER']).toMatch(/^[0-9a-f]{64}$/);
  expect(after).toContain('# my own line');
  expect(completeEnv(after, variables)).toBe(after);
});

test('the check finds what a service refuses, what Compose would change, and what breaks a URL', () => {
  const flawsOf = (values: Readonly<Record<string, string>>) =>
    envFlaws(filled({ ...person, ...values }), schemas);

  expect(flawsOf({ PUBLIC_URL: 'http://marketplace.contoso.com' })).toMatchObject([
    { name: 'PUBLIC_URL' },
  ]);
  expect(flawsOf({ SESSION_SECRET: 'short' })).toMatchObject([{ name: 'SESSION_SECRET' }]);
  expect(flawsOf({ PRODUCT_NAME: 'a$b' })).toMatchObject([
    { name: 'PRODUCT_NAME', problem: expect.stringContaining('single quotes') },
  ]);
  expect(flawsOf({ PRODUCT_NAME: "'a$b'" })).toEqual([]);
  expect(flawsOf({ NATS_PASSWORD_GATEWAY: 'a/b@c' })).toContainEqual({
    name: 'NATS_PASSWORD_GATEWAY',
    problem: 'may contain only letters, digits and . _ ~ -',
  });
});

test('several publishers take the place of a single one', () => {
  const {
    PUBLISHER_TENANT_ID: _,
    FULFILLMENT_CLIENT_ID: __,
    FULFILLMENT_CLIENT_SECRET: ___,
    ...others
  } = person;
  const text = filled({ ...others, PUBLISHERS_FILE: '/run/landfall/publishers.json' });
  expect(envFlaws(text, schemas)).toEqual([]);
});

test('a publisher that is missing is reported once, with what else is missing', () => {
  const problems = envFlaws(completeEnv(undefined, variables), schemas).map(
    ({ problem }) => problem,
  );
  expect(problems.filter((problem) => problem.includes('no publisher is given'))).toEqual([
    expect.stringContaining('has no credential'),
  ]);
});

test('a misspelt name is reported, and a name for Compose itself is not', () => {
  expect(unreadNames(filled(), variables)).toEqual([]);
  const text = `${filled()}SUPORT_EMAIL=help@contoso.com\nCOMPOSE_PROJECT_NAME=landfall\n`;
  expect(unreadNames(text, variables)).toEqual(['SUPORT_EMAIL']);
});

test('the check misses no password, even of a part that no service of ours is', () => {
  const secrets = variables.filter(({ by }) => by === 'program').map(({ name }) => name);
  for (const name of secrets) {
    const text = filled().replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=`);
    expect(envFlaws(text, schemas)).toEqual([{ name, problem: 'is not set' }]);
  }
});
