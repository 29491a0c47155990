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
 * The folder of one stack: data, logs, secrets, and the file that describes it to other programs.
 * Other users may pass through it, because PostgreSQL runs as another user than root, but not list
 * it.
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

/** Everything that a start creates. Other files in the folder are not ours to remove. */
const ownEntries = [
  'nats',
  'logs',
  'emulator.json',
  'secrets.json',
  'publishers.json',
  'stack.json',
  'first-purchases',
];

/** Removes everything from earlier starts. The caller ensures that nothing runs in the folder. */
export function wipeFolder(folder: Folder): void {
  // The data may be outside the folder, where the user of PostgreSQL can reach it.
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
    // An existing folder keeps its permissions: it may belong to someone else.
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

/** Replaces a file with secrets atomically. Only its owner can read it. */
export function writePrivateFile(file: string, content: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}

export function readFileIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
