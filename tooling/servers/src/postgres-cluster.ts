import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { randomSecret, scramVerifier } from '@landfall/provisioning/scram';
import { isReachable, serviceUser, type Identity } from './service-user.ts';
import { startFault } from '@landfall/provisioning/start-fault';
import { systemFolder } from './system-folder.ts';

/** A database cluster on disk, ready to be started. */
export type PostgresCluster = {
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly identity: Identity | undefined;
  readonly superuser: string;
  readonly password: string;
  readonly env: NodeJS.ProcessEnv;
};

const superuser = 'postgres';
// With a locale that macOS does not know, PostgreSQL ends there with "postmaster became multithreaded during startup".
const locale = process.platform === 'darwin' ? 'C' : 'C.UTF-8';

export type ClusterPlace = {
  readonly folder: string;
  readonly dataDir: string;
  readonly identity: Identity | undefined;
};

/**
 * The place of the cluster of `folder`: in `data/` inside it, or, if PostgreSQL's user cannot get
 * there, in a system folder. The file `elsewhere` then names that folder, so that every start finds
 * it.
 */
export function placeCluster(folder: string): ClusterPlace {
  const pointer = join(folder, 'elsewhere');
  const known = readIfThere(pointer) ?? join(folder, 'data');
  const identity = serviceUser(known);
  return { folder, dataDir: placeData({ folder, pointer, known, identity }), identity };
}

/**
 * Prepares the cluster for a start, and creates it if it is new. The superuser's password is the
 * given one, otherwise the kept one, otherwise a new one. It is kept in `password` (mode 0600).
 */
export function prepareCluster(
  place: ClusterPlace,
  options: { readonly durable: boolean; readonly password?: string | undefined },
): PostgresCluster {
  const { folder, dataDir, identity } = place;
  const kept = readIfThere(join(folder, 'password'));
  const password = options.password ?? kept ?? randomSecret();
  const cluster: PostgresCluster = {
    dataDir,
    binaries: postgresBinaries(identity),
    identity,
    superuser,
    password,
    env: { PATH: process.env['PATH'], LC_ALL: locale, TZ: 'UTC', HOME: dataDir },
  };
  if (!existsSync(join(dataDir, 'PG_VERSION'))) initialise(cluster, options.durable);
  else if (password !== kept) resetPassword(cluster);
  if (password !== kept) writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  return cluster;
}

/** Deletes a cluster, wherever its data is. The server must be stopped. */
export function removeCluster(folder: string): void {
  const elsewhere = readIfThere(join(folder, 'elsewhere'));
  if (elsewhere) rmSync(join(elsewhere, '..'), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

function placeData(at: {
  folder: string;
  pointer: string;
  known: string;
  identity: Identity | undefined;
}): string {
  if (existsSync(at.pointer)) {
    if (existsSync(at.known)) return at.known;
    throw startFault('folder_unusable', {
      what: 'PostgreSQL cannot be started.',
      why: `its data was in ${at.known}, which no longer exists`,
      next: `restore that folder, or remove ${at.folder} to start with an empty database`,
    });
  }
  if (!at.identity || isReachable(at.folder, at.identity))
    return makeDataDir(at.known, at.identity);
  const parent = mkdtempSync(join(systemFolder(), 'data-'));
  chmodSync(parent, 0o755);
  const dataDir = makeDataDir(join(parent, 'postgres'), at.identity);
  writeFileSync(at.pointer, dataDir);
  return dataDir;
}

function makeDataDir(dataDir: string, identity: Identity | undefined): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (identity) chownSync(dataDir, identity.uid, identity.gid);
  return dataDir;
}

function initialise(cluster: PostgresCluster, durable: boolean): void {
  const secrets = mkdtempSync(join(tmpdir(), 'landfall-'));
  const pwfile = join(secrets, 'password');
  try {
    writeFileSync(pwfile, cluster.password, { mode: 0o600 });
    if (cluster.identity) {
      for (const path of [pwfile, secrets]) {
        chownSync(path, cluster.identity.uid, cluster.identity.gid);
      }
    }
    const args = ['-D', cluster.dataDir, '-U', superuser, `--pwfile=${pwfile}`];
    args.push('--auth=scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-instructions');
    args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    // One iteration is enough, because the passwords are random, and tests open very many
    // connections.
    if (!durable) args.push('--no-sync', '-c', 'scram_iterations=1');
    runTool(cluster, cluster.binaries.initdb, args);
  } catch (error) {
    // The next start would take an incomplete cluster for a complete one.
    rmSync(cluster.dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
}

/**
 * Single-user mode needs no password, only access to the files: PostgreSQL, postgres(1),
 * "Single-User Mode".
 */
function resetPassword(cluster: PostgresCluster): void {
  const statement = `ALTER ROLE ${superuser} PASSWORD '${scramVerifier(cluster.password)}'\n`;
  runTool(
    cluster,
    cluster.binaries.postgres,
    ['--single', '-D', cluster.dataDir, 'postgres'],
    statement,
  );
}

function runTool(cluster: PostgresCluster, tool: string, args: string[], input = ''): void {
  const result = spawnSync(tool, args, {
    ...cluster.identity,
    cwd: cluster.dataDir,
    env: cluster.env,
    encoding: 'utf8',
    input,
  });
  if (result.status === 0) return;
  const why = result.error?.message ?? (result.stderr.trim() || `exit ${result.status}`);
  throw startFault('start_failed', {
    what: `The PostgreSQL cluster in ${cluster.dataDir} cannot be prepared.`,
    why,
    next: "check the folder's permissions and the free space on its disk",
  });
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
