import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { natsBinary } from '@landfall/servers/nats-binary';
import { selfSigned } from '@landfall/servers/self-signed';
import { natsUsers, natsUsersFile, passwordVariable } from './write-nats-users.ts';

test('the file of NATS users matches the contracts', () => {
  expect(readFileSync(natsUsersFile, 'utf8')).toBe(natsUsers());
});

test('nats-server accepts the file, with passwords from its environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-nats-users-'));
  try {
    const file = join(folder, 'nats.conf');
    writeFileSync(file, `include "nats-users.conf"\njetstream { store_dir: "${folder}" }\n`);
    writeFileSync(join(folder, 'nats-users.conf'), natsUsers());
    const users = ['operator', ...services.map(({ name }) => name)] as const;
    const passwords = Object.fromEntries(users.map((user) => [passwordVariable(user), 'secret-1']));
    const check = (env: Record<string, string>) =>
      execFileSync(natsBinary(), ['-t', '-c', file], { env, stdio: 'pipe' });
    expect(() => check(passwords)).not.toThrow();
    expect(() => check({})).toThrow(/NATS_PASSWORD_/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nats-server accepts the file of a cluster node, with certificates and what docs/nats.md sets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-nats-node-'));
  try {
    const { certificate, privateKey } = selfSigned(new Date('2100-01-01T00:00:00Z'));
    writeFileSync(join(folder, 'node.pem'), certificate);
    writeFileSync(join(folder, 'ca.pem'), certificate);
    writeFileSync(join(folder, 'node-key.pem'), privateKey);
    writeFileSync(join(folder, 'nats-users.conf'), natsUsers());
    const node = readFileSync(new URL('../nats/node.conf', import.meta.url), 'utf8');
    const file = join(folder, 'node.conf');
    writeFileSync(
      file,
      node.replaceAll('/etc/nats', folder).replace('/var/lib/nats', join(folder, 'data')),
    );
    const users = ['operator', ...services.map(({ name }) => name)] as const;
    const routes = [1, 2, 3].map(
      (number) => `nats-route://cluster:secret-2@nats-${number}.example.com:6222`,
    );
    const env = {
      ...Object.fromEntries(users.map((user) => [passwordVariable(user), 'secret-1'])),
      NATS_NODE: 'nats-1',
      NATS_PASSWORD_CLUSTER: 'secret-2',
      NATS_ROUTES: JSON.stringify(routes),
    };
    const check = (given: Record<string, string>) =>
      execFileSync(natsBinary(), ['-t', '-c', file], { env: given, stdio: 'pipe' });
    expect(() => check(env)).not.toThrow();
    expect(() => check({ ...env, NATS_ROUTES: '"no list' })).toThrow(/NATS_ROUTES|routes/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
