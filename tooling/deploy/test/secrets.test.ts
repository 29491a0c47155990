import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { chartTable } from '../src/chart/table.ts';
import { readConfigSchemas } from '../src/config-schemas.ts';
import { databasePasswordVariable } from '../src/provision/roles-job.ts';
import { passwordVariable } from '../src/write-nats-users.ts';

const program = fileURLToPath(new URL('../src/secrets/main.ts', import.meta.url));
const table = chartTable(await readConfigSchemas());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'landfall-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const servers = ['--database', 'db.contoso.example:5432', '--nats', 'nats.nats.svc:4222'];

function secrets(...flags: readonly string[]) {
  const args = [program, '--folder', folder, ...flags];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

const contentOf = (name: string) => readFileSync(path.join(folder, name), 'utf8');

test('every service gets each secret that it needs, with passwords that fit together', () => {
  const { status, stdout } = secrets(...servers);

  expect(status).toBe(2);
  expect(stdout).toContain('setup/ADMIN_DATABASE_URL');
  for (const { name, role } of services) {
    const database = new URL(contentOf(`${name}/DATABASE_URL`));
    expect(database.username).toBe(role);
    expect(database.password).toBe(contentOf(`setup/${databasePasswordVariable(name)}`));
    expect(database.search).toBe('?sslmode=verify-full');
    const nats = new URL(contentOf(`${name}/NATS_URL`));
    expect([nats.protocol, nats.username]).toEqual(['tls:', name]);
    expect(nats.password).toBe(contentOf(`nats/${passwordVariable(name)}`));
    const missing = table.services[name].secrets.required.filter(
      (variable) => !existsSync(path.join(folder, name, variable)),
    );
    expect(missing.every((variable) => stdout.includes(`${name}/${variable}`))).toBe(true);
  }
  expect(contentOf('setup/NATS_URL')).toContain('tls://operator:');
});

test('a second run keeps every secret, and is content with what was added', () => {
  secrets(...servers);
  const before = contentOf('gateway/DATABASE_URL');
  writeFileSync(
    path.join(folder, 'setup', 'ADMIN_DATABASE_URL'),
    'postgres://a:b@db:5432/postgres',
  );
  writeFileSync(path.join(folder, 'landing', 'LANDING_CLIENT_SECRET'), 'from-entra');

  const { status, stdout } = secrets(...servers);

  expect(stdout).toContain('0 secrets made');
  expect(status).toBe(0);
  expect(contentOf('gateway/DATABASE_URL')).toBe(before);
});

test('a lost address is made again with the password that the database knows', () => {
  secrets(...servers);
  const before = contentOf('landing/DATABASE_URL');
  rmSync(path.join(folder, 'landing', 'DATABASE_URL'));
  secrets(...servers);
  expect(contentOf('landing/DATABASE_URL')).toBe(before);
});

test('only the owner can read the files, and no output contains a secret', () => {
  const { stdout, stderr } = secrets(...servers, '--client-secret');
  for (const part of readdirSync(folder)) {
    for (const name of readdirSync(path.join(folder, part))) {
      expect(statSync(path.join(folder, part, name)).mode & 0o077).toBe(0);
      expect(stdout + stderr).not.toContain(contentOf(`${part}/${name}`));
    }
  }
  expect(stdout).toContain('fulfillment-worker/FULFILLMENT_CLIENT_SECRET');
});

test('on one machine, the addresses are without TLS', () => {
  secrets('--database', '127.0.0.1:5432', '--nats', '127.0.0.1:4222', '--no-tls');
  expect(contentOf('gateway/DATABASE_URL')).toMatch(/^postgres:\/\/[^?]+$/);
  expect(contentOf('gateway/NATS_URL')).toMatch(/^nats:\/\/gateway:/);
});

test.each([
  [['--database', 'db', '--nats', 'n:1'], '--database must be a host and a port'],
  [['--databse', 'db:1'], '--databse'],
])('the arguments %j are refused, and the message says why', (flags, message) => {
  const { status, stderr } = secrets(...flags);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(readdirSync(folder)).toEqual([]);
});

test('files that lead to other servers than the flags say are kept, and named', () => {
  secrets(...servers);
  const before = contentOf('gateway/DATABASE_URL');
  const { stdout } = secrets('--database', 'other.example:5432', '--nats', 'nats.nats.svc:4222');
  expect(contentOf('gateway/DATABASE_URL')).toBe(before);
  expect(stdout).toContain('gateway/DATABASE_URL');
  expect(stdout).not.toContain('gateway/NATS_URL');
  expect(secrets(...servers).stdout).not.toContain('gateway/DATABASE_URL');
});

test('a folder that cannot be written is a message with the next step', () => {
  writeFileSync(path.join(folder, 'gateway'), 'a file where a folder must be');
  const { status, stderr } = secrets(...servers);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^E\w+: .*gateway.*\n  Next step: .*\n$/);
});
