import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openProgram, type Program } from './program.ts';

let program: Program;
let env: Record<string, string>;
let file: string;
let round = 0;

beforeAll(async () => {
  program = await openProgram();
});
afterAll(async () => {
  await program?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  round += 1;
  env = { XDG_CONFIG_HOME: path.join(program.home, `config-${round}`) };
  file = path.join(env['XDG_CONFIG_HOME'] ?? '', 'landfall', 'profiles.json');
});

const one = { url: 'http://127.0.0.1:1', apiKey: 'lf_one_secret' };
const two = { url: 'http://127.0.0.1:2', apiKey: 'lf_two_secret' };

function store(mode = 0o600): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ current: 'one', profiles: { one, two } }));
  chmodSync(file, mode);
}

test('profiles that other users can read are refused, with what to do', async () => {
  store(0o640);

  const { code, stderr } = await program.run(['profiles', 'list'], { env });

  expect(code).toBe(3);
  expect(stderr).toContain(`chmod 600 ${file}`);
  expect(stderr).toContain('rotate the keys');
});

test('a changed file and its folder can be read only by their owner', async () => {
  store();
  chmodSync(path.dirname(file), 0o755);

  const { code } = await program.run(['profiles', 'use', 'two'], { env });

  expect(code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ current: 'two' });
});

test('keys are never printed', async () => {
  store();

  const list = await program.run(['profiles', 'list', '--json'], { env });

  expect(JSON.parse(list.stdout)).toEqual([
    { name: 'one', url: one.url, isCurrent: true },
    { name: 'two', url: two.url, isCurrent: false },
  ]);
});

test('the profile in use, a named one and the environment choose the installation', async () => {
  store();
  const asked = async (args: readonly string[], more: Record<string, string> = {}) => {
    const { stderr } = await program.run(['subscriptions', 'list', ...args], {
      env: { ...env, ...more },
    });
    return /http:\/\/127\.0\.0\.1:\d/.exec(stderr)?.[0];
  };

  expect(await asked([])).toBe(one.url);
  expect(await asked(['--profile', 'two'])).toBe(two.url);
  expect(await asked([], { LANDFALL_PROFILE: 'two' })).toBe(two.url);
  const three = { LANDFALL_URL: 'http://127.0.0.1:3', LANDFALL_API_KEY: 'lf_three_x' };
  expect(await asked([], three)).toBe('http://127.0.0.1:3');
});

test('a stored key is not sent to another address', async () => {
  store();

  const other = ['subscriptions', 'list', '--url', 'http://127.0.0.1:4'];
  const { code, stderr } = await program.run(other, { env });

  expect(code).toBe(3);
  expect(stderr).toContain('There is no key for http://127.0.0.1:4.');
});

test('a key is not sent over http to another machine', async () => {
  const given = { LANDFALL_URL: 'http://marketplace.contoso.example', LANDFALL_API_KEY: 'lf_a_b' };

  const { code, stderr } = await program.run(['subscriptions', 'list'], {
    env: { ...env, ...given },
  });

  expect(code).toBe(2);
  expect(stderr).toContain('Use https.');
});

test('logout removes the profile in use', async () => {
  store();

  await program.run(['logout'], { env });

  const { current, profiles } = JSON.parse(readFileSync(file, 'utf8')) as {
    current?: string;
    profiles: object;
  };
  expect(current).toBeUndefined();
  expect(Object.keys(profiles)).toEqual(['two']);
});
