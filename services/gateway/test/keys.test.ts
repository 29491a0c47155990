import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '@landfall/servers/testing';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const execute = promisify(execFile);
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ services: ['gateway'] });
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const keys = (...args: string[]) =>
  execute(process.execPath, [program, 'keys', ...args], {
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

test('--help prints the usage and succeeds', async () => {
  const { stdout, stderr } = await keys('--help');
  expect(stdout).toContain('--expires-in-days');
  expect(stderr).toBe('');
});

test.each([
  [
    ['create', '--label', 'x', '--scopes', 'usage:wirte,usage:read'],
    'There is no scope usage:wirte.',
  ],
  [
    ['create', '--label', 'x', '--scopes', 'all', '--expires-in-days', '0'],
    '--expires-in-days takes',
  ],
  [['make'], 'There is no command make'],
  [['list', '--lable'], "Unknown option '--lable'"],
])('%j is answered with what is wrong, without a stack trace', async (args, text) => {
  const { stderr } = await keys(...args).catch((error: { stderr: string }) => error);
  expect(stderr).toContain(text);
  expect(stderr).not.toMatch(/\n {4}at /);
});

test('a key ends after the number of days that was asked for', async () => {
  await keys('create', '--label', 'short', '--scopes', 'usage:read', '--expires-in-days', '2');
  const { stdout } = await keys('list');
  const [, ends = ''] = /short .* ends (\S+)/.exec(stdout) ?? [];
  const days = (new Date(ends).getTime() - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(1.9);
  expect(days).toBeLessThanOrEqual(2);
});

test('the first admin gets a link while there is no admin', async () => {
  const firstAdmin = (...args: string[]) =>
    execute(process.execPath, [program, 'first-admin', ...args], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: database.urlFor('gateway'),
        PUBLIC_URL: 'https://landfall.contoso.example',
      },
    });
  const { stdout } = await firstAdmin();
  expect(stdout).toMatch(/^https:\/\/landfall\.contoso\.example\/console\/invitation#[\w-]{43}\n$/);
  expect((await firstAdmin('--help')).stdout).toContain('first-admin');
  await expect(firstAdmin('last-admin')).rejects.toMatchObject({ code: 1 });
});

test("the gateway's help lists its commands", async () => {
  const env = { PATH: process.env['PATH'] };
  const { stdout } = await execute(process.execPath, [program, '--help'], { env });
  for (const command of ['migrate', 'keys', 'first-admin']) {
    expect(stdout).toMatch(new RegExp(`^gateway ${command} +\\w`, 'm'));
  }
});

test('a missing database URL is named, without a stack trace', async () => {
  const failed = execute(process.execPath, [program, 'keys', 'list'], {
    env: { PATH: process.env['PATH'] },
  });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^gateway: 1 problem in the configuration[^\n]*\n {2}DATABASE_URL: [^\n]+\n$/,
    ),
  });
});
