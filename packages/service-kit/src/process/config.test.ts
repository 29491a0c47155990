import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  baseConfigShape,
  ConfigError,
  fileSecretsOf,
  parseConfig,
  secret,
  secureUrl,
  summariseConfig,
} from './config.ts';

const schema = z.object({
  ...baseConfigShape,
  CLIENT_SECRET: secret().describe('from the app registration'),
  OPTIONAL_KEY: secret().optional(),
  TENANT_ID: z.uuid(),
});

const fit = {
  DATABASE_URL: 'postgres://landfall_landing:p%40ss@127.0.0.1:5432/landfall',
  NATS_URL: 'nats://a-token@127.0.0.1:4222,nats://user:pass@127.0.0.1:4223',
  CLIENT_SECRET: 'very secret',
  TENANT_ID: '3b2b7cb0-6c0f-4b32-8d5a-1f2f3c7a9f10',
};

function faultsOf(env: Record<string, string | undefined>) {
  try {
    parseConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('the configuration was accepted');
}

test('all problems are reported together, each with name, problem and hint', () => {
  const error = faultsOf({ NATS_URL: 'http://x', HTTP_PORT: '70000', TENANT_ID: 'mine' });
  expect(error.faults.map(({ name }) => name)).toEqual([
    'DATABASE_URL',
    'NATS_URL',
    'HTTP_PORT',
    'CLIENT_SECRET',
    'TENANT_ID',
  ]);
  expect(error.message).toContain('CLIENT_SECRET: is not set (from the app registration)');
  expect(error.message).toContain('NATS_URL: must be a URL that begins with nats:// or tls://');
});

test('the report of problems shows no values', () => {
  const error = faultsOf({
    ...fit,
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    TENANT_ID: 'hunter3',
  });
  expect(error.message).not.toMatch(/hunter/);
});

test('an empty variable counts as absent', () => {
  expect(faultsOf({ ...fit, CLIENT_SECRET: ' ' }).faults).toMatchObject([
    { name: 'CLIENT_SECRET', problem: 'is not set' },
  ]);
  expect(parseConfig(schema, { ...fit, HTTP_HOST: '' }).HTTP_HOST).toBe('127.0.0.1');
});

test('defaults are loopback and a free port', () => {
  expect(parseConfig(schema, fit)).toMatchObject({
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 0,
    LOG_LEVEL: 'info',
  });
});

test('NATS on another machine needs TLS, unless the network is private', () => {
  const remote = { ...fit, NATS_URL: 'nats://user:hunter2@10.0.0.5:4222,tls://10.0.0.6:4222' };
  const refusal = faultsOf({ ...remote, TENANT_ID: 'mine' });
  expect(refusal.faults).toMatchObject([
    { name: 'NATS_URL', problem: expect.stringContaining('must begin with tls://') },
    { name: 'TENANT_ID' },
  ]);
  expect(refusal.message).toContain('PRIVATE_NETWORK=true allows it');
  expect(refusal.message).not.toContain('hunter2');
  expect(faultsOf({ ...remote, PRIVATE_NETWORK: 'false' }).faults).toHaveLength(1);
  expect(faultsOf({ ...remote, PRIVATE_NETWORK: 'yes' }).faults.map(({ name }) => name)).toEqual([
    'PRIVATE_NETWORK',
    'NATS_URL',
  ]);
  expect(parseConfig(schema, { ...remote, PRIVATE_NETWORK: 'true' })).toMatchObject({
    NATS_URL: remote.NATS_URL,
    PRIVATE_NETWORK: true,
  });
});

test.each(['', '?sslmode=require', '?sslmode=no-verify', '?sslmode=disable'])(
  'PostgreSQL on another machine is refused with "%s", unless the network is private',
  (parameters) => {
    const remote = {
      ...fit,
      DATABASE_URL: `postgres://landing:hunter2@10.0.0.5/landfall${parameters}`,
    };
    const refusal = faultsOf(remote);
    expect(refusal.faults).toMatchObject([
      {
        name: 'DATABASE_URL',
        problem: expect.stringContaining('must contain sslmode=verify-full'),
      },
    ]);
    expect(refusal.message).not.toContain('hunter2');
    expect(parseConfig(schema, { ...remote, PRIVATE_NETWORK: 'true' })).toMatchObject(remote);
    const safe = { ...fit, DATABASE_URL: 'postgres://l:pw@10.0.0.5/landfall?sslmode=verify-full' };
    expect(parseConfig(schema, safe)).toMatchObject(safe);
  },
);

test.each([
  'postgres://l:pw@localhost/landfall?host=10.0.0.5',
  'postgres://l:pw@10.0.0.5/landfall?sslmode=verify-full&sslmode=disable',
])('%s leads to another machine without TLS, and is refused', (DATABASE_URL) => {
  expect(faultsOf({ ...fit, DATABASE_URL }).faults).toMatchObject([{ name: 'DATABASE_URL' }]);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hunter2' }, 'http://10.0.0.5:4318'],
  [{ OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=hunter2' }, 'http://collector.monitoring:4318'],
  [{}, 'http://landfall:hunter2@10.0.0.5:4318'],
])('a key for the trace collector crosses a network only with TLS: %j', (headers, endpoint) => {
  const remote = { ...fit, ...headers, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  const refusal = faultsOf(remote);
  expect(refusal.faults).toMatchObject([
    { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', problem: expect.stringContaining('https://') },
  ]);
  expect(refusal.message).toContain('PRIVATE_NETWORK=true allows it');
  expect(refusal.message).not.toContain('hunter2');

  const accepted = (change: Record<string, string>) =>
    parseConfig(schema, { ...remote, ...change }).OTEL_EXPORTER_OTLP_ENDPOINT;
  expect(accepted({ PRIVATE_NETWORK: 'true' })).toBe(endpoint);
  for (const safe of ['https://10.0.0.5:4318', 'http://127.0.0.1:4318']) {
    expect(accepted({ OTEL_EXPORTER_OTLP_ENDPOINT: safe })).toBe(safe);
  }
});

test('a key for the trace collector in a file also needs TLS; traces without a key do not', () => {
  const remote = { ...fit, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://10.0.0.5:4318' };
  const OTEL_EXPORTER_OTLP_HEADERS_FILE = fileWith('headers', 'api-key=hunter2');
  expect(faultsOf({ ...remote, OTEL_EXPORTER_OTLP_HEADERS_FILE }).faults).toMatchObject([
    { name: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
  ]);
  expect(parseConfig(schema, remote)).toMatchObject(remote);
});

test.each([' https://landfall.example ', 'https://landfall.example\r', 'https://landfall.example'])(
  'an address to which secrets are sent is read without the space around it: %j',
  (PUBLIC_URL) => {
    const shape = z.object({ PUBLIC_URL: secureUrl() });
    expect(parseConfig(shape, { PUBLIC_URL })).toEqual({ PUBLIC_URL: 'https://landfall.example' });
  },
);

test.each([
  'https:landfall.example',
  'landfall.example',
  'ftp://landfall.example',
  'http://landfall.example',
])('an unsafe address to which secrets are sent is refused with one message: %s', (PUBLIC_URL) => {
  const shape = z.object({ PUBLIC_URL: secureUrl() });
  const refused = shape.safeParse({ PUBLIC_URL });
  expect(refused.error?.issues.map(({ message }) => message)).toEqual([
    'must be https, or http on a loopback host',
  ]);
});

test.each(['2', '7', '0', 'three'])('streams cannot have %s replicas', (NATS_REPLICAS) => {
  expect(faultsOf({ ...fit, NATS_REPLICAS }).faults).toMatchObject([{ name: 'NATS_REPLICAS' }]);
});

test('the summary masks only secrets, passwords in URLs and tokens in URLs', () => {
  const summary = summariseConfig(schema, parseConfig(schema, { ...fit, OPTIONAL_KEY: 'k' }));
  expect(summary).toMatchObject({
    DATABASE_URL: 'postgres://landfall_landing:••••@127.0.0.1:5432/landfall',
    NATS_URL: 'nats://••••@127.0.0.1:4222,nats://user:••••@127.0.0.1:4223',
    CLIENT_SECRET: '••••',
    OPTIONAL_KEY: '••••',
    TENANT_ID: fit.TENANT_ID,
  });
});

test('the summary masks values with refinements and transforms, and by name if the schema does not mark them', () => {
  const refined = schema
    .extend({ WEBHOOK_TOKEN: z.string() })
    .refine(() => true)
    .transform((config) => config);
  const config = parseConfig(refined, { ...fit, WEBHOOK_TOKEN: 'x' });
  expect(summariseConfig(refined, config)).toMatchObject({
    CLIENT_SECRET: '••••',
    WEBHOOK_TOKEN: '••••',
  });
});

const marketplace = z.object({
  ...baseConfigShape,
  MARKETPLACE_BASE_URL: z.url().default('https://marketplaceapi.microsoft.com/api'),
  ENTRA_AUTHORITY_URL: z.url().default('https://login.microsoftonline.com'),
});
const base = { DATABASE_URL: fit.DATABASE_URL, NATS_URL: fit.NATS_URL };
const local = {
  ...base,
  CLOCK_URL: 'http://127.0.0.1:4410',
  MARKETPLACE_BASE_URL: 'http://127.0.0.1:4410/api',
  ENTRA_AUTHORITY_URL: 'http://127.0.0.1:4411',
};

test('a clock is followed only if the marketplace is the program that has it', () => {
  const clockOf = (env: Record<string, string>) => parseConfig(marketplace, env).CLOCK_URL;
  expect(clockOf(local)).toBe(local.CLOCK_URL);
  expect(clockOf({ ...local, CLOCK_URL: '' })).toBeUndefined();
  const withoutMarketplace = z.object(baseConfigShape);
  const { CLOCK_URL } = local;
  expect(parseConfig(withoutMarketplace, { ...base, CLOCK_URL }).CLOCK_URL).toBe(CLOCK_URL);
});

test.each([
  ['another machine', { CLOCK_URL: 'http://10.0.0.5:4410' }, /loopback/],
  [
    'a host that only begins like a loopback one',
    { CLOCK_URL: 'http://127.0.0.1.evil' },
    /loopback/,
  ],
  ['https', { CLOCK_URL: 'https://127.0.0.1:4410' }, /loopback/],
  ['no URL', { CLOCK_URL: 'tomorrow' }, /loopback/],
  ['another port than the marketplace', { CLOCK_URL: 'http://127.0.0.1:4499' }, /host and port/],
  ["Microsoft's marketplace", { MARKETPLACE_BASE_URL: '' }, /MARKETPLACE_BASE_URL is not on/],
  ["Microsoft's sign-in", { ENTRA_AUTHORITY_URL: '' }, /ENTRA_AUTHORITY_URL is not on/],
])('no clock is followed with %s', (_what, change, problem) => {
  expect(() => parseConfig(marketplace, { ...local, ...change })).toThrow(problem);
});

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'secrets-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(name: string, content: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

test('a secret can be in a file, whose line break at the end is not part of it', () => {
  const { CLIENT_SECRET: _, DATABASE_URL: __, ...others } = fit;
  const config = parseConfig(schema, {
    ...others,
    CLIENT_SECRET_FILE: fileWith('client', ' from a file \r\n'),
    DATABASE_URL_FILE: fileWith('database', `${fit.DATABASE_URL}\n`),
  });

  expect(config.CLIENT_SECRET).toBe(' from a file ');
  expect(config.DATABASE_URL).toBe(fit.DATABASE_URL);
  expect(summariseConfig(schema, config)).toMatchObject({ CLIENT_SECRET: '••••' });
});

test('a secret is refused if it is given twice, or if its file has no content', () => {
  const { CLIENT_SECRET: _, ...others } = fit;
  const twice = faultsOf({ ...fit, CLIENT_SECRET_FILE: fileWith('twice', 'hunter2') });
  expect(twice.faults).toEqual([
    { name: 'CLIENT_SECRET_FILE', problem: 'is set together with CLIENT_SECRET; keep one of them' },
  ]);
  for (const [file, problem] of [
    [fileWith('empty', '\n'), 'names an empty file'],
    [path.join(folder, 'absent'), 'names a file that cannot be read (ENOENT)'],
    [folder, 'does not name a file'],
    [fileWith('large', 'x'.repeat(65 * 1024)), 'names a file that is too large'],
  ] as const) {
    const { faults } = faultsOf({ ...others, CLIENT_SECRET_FILE: file });
    expect(faults).toEqual([{ name: 'CLIENT_SECRET_FILE', problem }]);
  }
});

test('only secrets are read from files, and a schema can read its own', () => {
  const own = z.object({ KEY: secret().optional(), KEY_FILE: z.string().optional() });
  expect(parseConfig(own, { KEY_FILE: '/run/key' })).toEqual({ KEY_FILE: '/run/key' });
  expect(
    faultsOf({ ...fit, TENANT_ID: '', TENANT_ID_FILE: fileWith('id', fit.TENANT_ID) }).faults,
  ).toMatchObject([{ name: 'TENANT_ID', problem: 'is not set' }]);
  expect(fileSecretsOf(schema)).toEqual([
    'DATABASE_URL',
    'NATS_URL',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'CLIENT_SECRET',
    'OPTIONAL_KEY',
  ]);
});
