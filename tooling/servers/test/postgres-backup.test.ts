import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMovableAddress } from '../src/movable-address.ts';
import { backUpCluster, restoreCluster, startStandby } from '../src/postgres-backup.ts';
import { startPostgres } from '../src/postgres.ts';
import { throwAwayFolder } from '../src/throw-away-servers.ts';
import { until } from '../src/wait.ts';
import { ask } from './ask.ts';

function folders() {
  const root = throwAwayFolder();
  return {
    data: join(root, 'data'),
    copy: join(root, 'copy'),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

test('a backup of a running server restores what was committed before it, and nothing later', async () => {
  using at = folders();
  await using server = await startPostgres({ dataDir: at.data, durable: true });
  await ask(server.adminUrl, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
  await backUpCluster(server.adminUrl, { folder: at.data, to: at.copy });
  await ask(server.adminUrl, 'DELETE FROM kept');
  await server.kill();

  restoreCluster(at.copy, at.data);
  await server.restart();

  expect(await ask(server.adminUrl, 'SELECT count(*)::int FROM kept')).toBe(1000);
});

test('a standby has what its primary commits, and takes over behind the same address', async () => {
  using at = folders();
  await using primary = await startPostgres({ dataDir: at.data, durable: true });
  await using address = await openMovableAddress(primary.port);
  const url = address.at(primary.adminUrl);
  await using standby = await startStandby(primary, { folder: at.data, to: at.copy });
  await ask(url, 'CREATE TABLE kept AS SELECT 7 AS n');
  await expect(ask(standby.adminUrl, 'CREATE TABLE own ()')).rejects.toMatchObject({
    code: '25006',
  });
  await until('the standby has the table', () =>
    ask(standby.adminUrl, "SELECT to_regclass('kept') IS NOT NULL"),
  );

  await primary.kill();
  await ask(standby.adminUrl, 'SELECT pg_promote(true, 60)');
  address.moveTo(standby.port);

  await ask(url, 'UPDATE kept SET n = n + 1');
  expect(await ask(url, 'SELECT n FROM kept')).toBe(8);
});
