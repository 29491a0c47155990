import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { streams } from '@landfall/contracts/streams';
import { connectBus } from '@landfall/service-kit/bus';
import { createLogger } from '@landfall/service-kit/log';
import { throwAwayNats, throwAwayPostgres } from '@landfall/servers/throw-away-servers';
import { databasePasswordVariable } from '../src/provision/roles-job.ts';

const program = fileURLToPath(new URL('../src/provision/main.ts', import.meta.url));

async function provision(job: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [program, job], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

const passwords = Object.fromEntries(
  services.map(({ name }) => [databasePasswordVariable(name), `password-of-${name}`]),
);

test('the job roles prepares an empty server, so that each service can log in to its own schema, and can be repeated', async () => {
  await using server = await throwAwayPostgres();
  const env = { ADMIN_DATABASE_URL: server.adminUrl, ...passwords };

  for (const turn of ['first', 'second']) {
    const { code, text } = await provision('roles', env);
    expect(code, `${turn}: ${text}`).toBe(0);
    expect(text).not.toContain('password-of');
  }

  for (const { name, role, schema } of services) {
    const url = new URL(server.adminUrl);
    url.pathname = '/landfall';
    url.username = role;
    url.password = `password-of-${name}`;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    const { rows } = await client.query('select current_schema() as schema');
    await client.end();
    expect(rows).toEqual([{ schema }]);
  }
});

test('the job roles names what is missing or refused, and shows no secret', async () => {
  const incomplete = await provision('roles', {
    ...passwords,
    DATABASE_PASSWORD_GATEWAY: 'größer',
  });
  expect(incomplete.code).toBe(1);
  expect(incomplete.text).toContain('ADMIN_DATABASE_URL: is not set');

  const remote = {
    ...passwords,
    ADMIN_DATABASE_URL: 'postgres://me:hunter2@db.example.com/postgres',
  };
  const unprotected = await provision('roles', remote);
  expect(unprotected.code).toBe(1);
  expect(unprotected.text).toContain('sslmode=verify-full');
  expect(incomplete.text).toContain('DATABASE_PASSWORD_GATEWAY: must consist of ASCII characters');

  await using server = await throwAwayPostgres();
  const url = new URL(server.adminUrl);
  url.pathname = '/absent';
  url.password = 'hunter2';
  const refused = await provision('roles', { ADMIN_DATABASE_URL: url.href, ...passwords });
  expect(refused.code).toBe(1);
  expect(refused.text).toContain('database name in ADMIN_DATABASE_URL');
  expect(incomplete.text + unprotected.text + refused.text).not.toMatch(
    /hunter2|größer|password-of/,
  );
});

test('the job streams creates every stream, and can be repeated', async () => {
  await using server = await throwAwayNats();
  for (const turn of ['first', 'second']) {
    const { code, text } = await provision('streams', { NATS_URL: server.url });
    expect(code, `${turn}: ${text}`).toBe(0);
  }

  const log = createLogger('test', 'fatal');
  await using bus = await connectBus({ url: server.urlFor('gateway'), name: 'gateway', log });
  for (const stream of Object.values(streams)) {
    expect(await bus.streamFlaws(stream), stream.name).toEqual([]);
  }
});

test('an unknown job does nothing, and the help names the jobs', async () => {
  const unknown = await provision('role', {});
  expect(unknown.code).toBe(1);
  expect(unknown.text).toContain('Give the name of one job.');
  expect(await provision('--help', {})).toMatchObject({
    code: 0,
    text: expect.stringContaining('streams'),
  });
});
