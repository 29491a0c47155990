import {
  appendFileSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

import { placeCluster } from './postgres-cluster.ts';
import { startPostgres, type RunningPostgres } from './postgres.ts';

/** What belongs to a running server and not to its data (PostgreSQL, "Making a Base Backup Using the Low Level API"). */
const LEFT_OUT: ReadonlySet<string> = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal']);
/** The same for folders whose content is of one process only. */
const EMPTIED: ReadonlySet<string> = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

/**
 * Copies a running cluster, without pg_basebackup, which the npm package of PostgreSQL does not contain. `to` becomes the
 * folder of a cluster that `startPostgres` can open; it then has everything that was committed before this call, and some
 * of what was committed during it. https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function backUpCluster(
  adminUrl: string,
  { folder, to }: { readonly folder: string; readonly to: string },
): Promise<void> {
  const from = placeCluster(folder).dataDir;
  mkdirSync(to, { recursive: true });
  copyFileSync(join(folder, 'password'), join(to, 'password'));
  const target = placeCluster(to).dataDir;
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Both calls must be in one session. `true`: checkpoint at once.
    await client.query(`select pg_backup_start('landfall', true)`);
    copyFolder(from, target, 'live');
    const stopped = await client.query<{ labelfile: string; spcmapfile: string }>(
      'select labelfile, spcmapfile from pg_backup_stop(false)',
    );
    const [row] = stopped.rows;
    writeLike(target, 'backup_label', row?.labelfile ?? '');
    if (row?.spcmapfile) writeLike(target, 'tablespace_map', row.spcmapfile);
    // The journal up to the end of the backup. The server keeps it, because a checkpoint has just begun it.
    copyFolder(join(from, 'pg_wal'), join(target, 'pg_wal'));
  } finally {
    await client.end();
  }
}

/**
 * Starts a standby of a running cluster in the folder `to`. It follows the primary, and can be read. `pg_promote()` makes it
 * a primary.
 */
export async function startStandby(
  { adminUrl }: { readonly adminUrl: string },
  { folder, to }: { readonly folder: string; readonly to: string },
): Promise<RunningPostgres> {
  await backUpCluster(adminUrl, { folder, to });
  const { dataDir } = placeCluster(to);
  const { hostname, password, port, username } = new URL(adminUrl);
  const where = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
  appendFileSync(join(dataDir, 'postgresql.auto.conf'), `primary_conninfo = '${where}'\n`);
  writeLike(dataDir, 'standby.signal', '');
  return await startPostgres({ dataDir: to, durable: true });
}

/** Replaces the data of a stopped cluster by a backup, which stays as it is. */
export function restoreCluster(backup: string, folder: string): void {
  const { dataDir } = placeCluster(folder);
  for (const name of readdirSync(dataDir)) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  copyFolder(placeCluster(backup).dataDir, dataDir);
}

/**
 * Copies with owner and mode. Files that disappear meanwhile are temporary ones, which the journal does not need. `live` is
 * the data folder of a running server: what belongs to the server is left out.
 */
function copyFolder(from: string, to: string, live?: 'live'): void {
  makeLike(from, to);
  for (const name of readdirSync(from)) {
    if (live && LEFT_OUT.has(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    const isFolder = lstatSync(source, { throwIfNoEntry: false })?.isDirectory();
    if (isFolder && live && EMPTIED.has(name)) makeLike(source, target);
    else if (isFolder) copyFolder(source, target);
    else copyFile(source, target);
  }
}

function copyFile(source: string, target: string): void {
  try {
    copyFileSync(source, target);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  ownLike(join(target, '..'), target);
}

function makeLike(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  ownLike(from, to);
}

function writeLike(folder: string, name: string, content: string): void {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  ownLike(folder, join(folder, name));
}

/** Only root runs PostgreSQL as another user, and only root can give files away. */
function ownLike(model: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(model);
  chownSync(path, uid, gid);
}
