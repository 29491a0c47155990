import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '@landfall/servers/testing';

const program = fileURLToPath(new URL('../src/keys.ts', import.meta.url));
const execute = promisify(execFile);
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ services: ['gateway'] });
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const keys = (...args: string[]) =>
  execute(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: database.urlFor('gateway') },
  });

test('a key can be created, listed without its secret, and revoked', async () => {
  const made = await keys('create', '--label', 'billing job', '--scopes', 'usage:write,usage:read');
  const [, id = '', secret = ''] = /^lf_([0-9a-f]+)_(\S+)$/.exec(made.stdout.trim()) ?? [];
  expect(secret.length).toBeGreaterThanOrEqual(43);
  const listed = await keys('list');
  expect(listed.stdout).toContain(id);
  expect(listed.stdout).toContain('billing job  every publisher');
  expect(listed.stdout).not.toContain(secret);
  await keys('revoke', id);
  expect((await keys('list')).stdout).toContain('revoked');
});

test('a key can be limited to one publisher, and the list shows it', async () => {
  const wanted = ['--label', 'limited', '--scopes', 'usage:read', '--publisher', 'contoso'];
  await keys('create', ...wanted);
  const { stdout } = await keys('list');
  expect(stdout).toMatch(/limited {2}publisher contoso {2}usage:read/);
});

test.each([
  [['create', '--label', 'x', '--scopes', 'all', '--publisher', '']],
  [['create', '--label', 'x', '--scopes', 'usage:wirte']],
  [['create', '--scopes', 'usage:read']],
  [['revoke', 'nobody']],
  [[]],
])('%j fails with exit code 1', async (args) => {
  await expect(keys(...args)).rejects.toMatchObject({ code: 1 });
});

test('a missing database URL is named, without a stack trace', async () => {
  const failed = execute(process.execPath, [program, 'list'], {
    env: { PATH: process.env['PATH'] },
  });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^gateway: 1 problem in the configuration[^\n]*\n {2}DATABASE_URL: [^\n]+\n$/,
    ),
  });
});
