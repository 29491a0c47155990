import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { services } from '@landfall/contracts/services';
import { natsBinary } from '@landfall/servers/nats-binary';
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
