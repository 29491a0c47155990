import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** What `npm start` writes about the stack that it runs. */
export interface LocalStack {
  readonly file: string;
  readonly gatewayUrl: string;
  readonly apiKey: string;
  /** Absent if the stack uses another marketplace. */
  readonly emulatorUrl: string | undefined;
}

/**
 * The stack whose data is in LANDFALL_FOLDER, or the one that runs for this folder or for a folder above it. A file of
 * another user, or one that points away from this machine, is ignored: it could have been left there to collect what is
 * sent.
 */
export function findLocalStack({
  env,
  folder: from,
}: {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
}): LocalStack | undefined {
  const named = env['LANDFALL_FOLDER'];
  if (named) return readStack(path.join(path.resolve(from, named), 'stack.json'));
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = readStack(path.join(folder, '.landfall', 'stack.json'));
    if (found) return found;
    if (folder === path.dirname(folder)) return undefined;
  }
}

function readStack(file: string): LocalStack | undefined {
  try {
    const { uid, mode } = statSync(file);
    const isOurs = process.getuid === undefined || uid === process.getuid();
    if (!isOurs || (mode & 0o022) !== 0) return undefined;
    const { pid, gatewayUrl, operatorApiKey, emulatorUrl } = JSON.parse(
      readFileSync(file, 'utf8'),
    ) as { pid: number; gatewayUrl: string; operatorApiKey: string; emulatorUrl?: string };
    if (!isLoopback(gatewayUrl) || !isRunning(pid)) return undefined;
    return { file, gatewayUrl, apiKey: operatorApiKey, emulatorUrl };
  } catch {
    return undefined;
  }
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
