import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeCluster } from '@landfall/servers/postgres-cluster.ts';

export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

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
  root = process.env['LANDFALL_FOLDER'] ?? path.join(repositoryRoot, '.landfall'),
): Folder {
  const logs = path.join(root, 'logs');
  mkdirSync(logs, { recursive: true });
  chmodSync(root, 0o711);
  const within = (...parts: string[]) => path.join(root, ...parts);
  return { root, logs, path: within, has: (...parts) => existsSync(within(...parts)) };
}

/** Forgets everything of earlier starts; the caller made sure that nothing runs in it. */
export function wipeFolder(folder: Folder): void {
  // Its data may lie outside, where another user than root can reach it.
  removeCluster(folder.path('postgres'));
  for (const entry of readdirSync(folder.root)) {
    rmSync(folder.path(entry), { recursive: true, force: true });
  }
  mkdirSync(folder.logs, { recursive: true });
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
