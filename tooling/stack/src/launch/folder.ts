import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeCluster } from '@landfall/servers/postgres-cluster';
import { startFault } from '@landfall/provisioning/start-fault';

export const repositoryRoot = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * Where one stack keeps what it makes: data, logs, secrets and the file that tells programs about it.
 * Others on the machine may pass through (PostgreSQL runs as another user than root) but not list it.
 */
export interface Folder {
  readonly root: string;
  readonly logs: string;
  path(...parts: string[]): string;
  has(...parts: string[]): boolean;
}

export function openFolder(
  given = process.env['LANDFALL_FOLDER'] || path.join(repositoryRoot, '.landfall'),
): Folder {
  const root = path.resolve(given);
  const logs = path.join(root, 'logs');
  makeFolder(root, logs);
  const within = (...parts: string[]) => path.join(root, ...parts);
  return { root, logs, path: within, has: (...parts) => existsSync(within(...parts)) };
}

/** All that a start makes; whatever else lies in the folder is not ours to remove. */
const ownEntries = [
  'nats',
  'logs',
  'emulator.json',
  'secrets.json',
  'publishers.json',
  'stack.json',
  'first-purchases',
];

/** Forgets everything of earlier starts; the caller made sure that nothing runs in it. */
export function wipeFolder(folder: Folder): void {
  // Its data may lie outside, where another user than root can reach it.
  removeCluster(folder.path('postgres'));
  for (const entry of ownEntries) {
    rmSync(folder.path(entry), { recursive: true, force: true });
  }
  mkdirSync(folder.logs, { recursive: true });
}

function makeFolder(root: string, logs: string): void {
  try {
    const isNew = !existsSync(root);
    mkdirSync(logs, { recursive: true });
    accessSync(root, constants.W_OK);
    // A folder that was there before keeps its rights: it may be anybody's.
    if (isNew) chmodSync(root, 0o711);
  } catch (error) {
    throw startFault(
      'folder_unusable',
      {
        what: `${root} cannot be used for data and logs.`,
        why: error instanceof Error ? error.message : String(error),
        next: 'run as the user who owns it, free some space, or set LANDFALL_FOLDER to another folder',
      },
      error,
    );
  }
}

/** Replaces a file of secrets at once, readable by its owner alone. */
export function writePrivateFile(file: string, content: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}

export function readFileIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
