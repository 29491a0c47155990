import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { processMark } from './process-table.ts';
import { startFault } from '@landfall/provisioning/start-fault';

// Two starters that both find a stale claim race for it. The loser finds the winner's claim at its
// next try.
const claimTries = 3;
// Creating the file and writing the claim into it takes less than this, on any disk.
const writingMs = 1_000;

/**
 * Makes this process the only one that runs a server on `folder`, until the returned function is
 * called or the process ends in any way, including `kill -9`. Throws `folder_in_use` if another
 * process holds the claim.
 */
export function claimFolder(folder: string, server: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const file = join(folder, 'launcher.json');
  const claim = JSON.stringify({ pid: process.pid, mark: processMark(process.pid) });
  for (let tried = 0; tried < claimTries; tried += 1) {
    if (writeNew(file, claim)) return () => rmSync(file, { force: true });
    const holder = readClaim(file);
    if (holder && processMark(holder.pid) === holder.mark) throw inUse(folder, server, holder.pid);
    if (!holder && isBeingWritten(file)) throw inUse(folder, server, undefined);
    rmSync(file, { force: true });
  }
  throw inUse(folder, server, undefined);
}

type Claim = { readonly pid: number; readonly mark: string };

function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw startFault(
      'folder_unusable',
      {
        what: `${file} cannot be written.`,
        why: error instanceof Error ? error.message : String(error),
        next: 'run as the user who owns the folder, or choose another folder',
      },
      error,
    );
  }
}

function isBeingWritten(file: string): boolean {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made < writingMs;
}

function readClaim(file: string): Claim | undefined {
  try {
    const claim: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof claim !== 'object' || claim === null) return undefined;
    const { pid, mark } = claim as Partial<Claim>;
    return typeof pid === 'number' && typeof mark === 'string' ? { pid, mark } : undefined;
  } catch {
    return undefined;
  }
}

function inUse(folder: string, server: string, pid: number | undefined) {
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return startFault('folder_in_use', {
    what: `${server} cannot be started.`,
    why: `${holder} is already running one on ${folder}`,
    next: `stop ${holder}, or choose another folder`,
  });
}
