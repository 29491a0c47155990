import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { report } from './progress.mjs';
import { Trouble } from './trouble.mjs';

const pollMs = 200;
// An install with an empty cache takes half a minute. A process that needs ten times that long
// hangs.
const patienceMs = 300_000;
// Creating the file and writing the holder into it takes less than this, on any disk.
const writingMs = 1_000;

/**
 * Runs `work` while no other process runs under the same lock file. If the holder has died, its
 * lock is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  const deadline = performance.now() + patienceMs;
  let hasReported = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder === undefined ? !isBeingWritten(file) : !isAlive(holder)) {
      rmSync(file, { force: true });
      continue;
    }
    const who = holder === undefined ? 'a process' : `process ${holder}`;
    if (!hasReported) report(`waiting for ${who}, which is installing in this checkout`);
    hasReported = true;
    if (performance.now() > deadline) {
      throw new Trouble({
        what: 'The dependencies could not be installed.',
        why: `${who} has held the lock ${file} for more than ${patienceMs / 60_000} minutes`,
        next: `stop ${who}, or remove the lock file`,
      });
    }
    await delay(pollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function isBeingWritten(file) {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made < writingMs;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
