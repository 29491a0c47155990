import { chmodSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
// Containers often have 64 MB there; a run with many test databases needs a few hundred.
const neededBytes = 1024 ** 3;

/**
 * An empty folder for one test or run, in memory where there is room: a new database is a thousand
 * small files, which took 350 ms on a disk and 15 ms in memory. As root, PostgreSQL's user has to
 * enter the folder: hence 0755.
 */
export function throwAwayFolder(): string {
  const folder = mkdtempSync(join(hasRoom(memory) ? memory : tmpdir(), 'landfall-test-'));
  chmodSync(folder, 0o755);
  return folder;
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}
