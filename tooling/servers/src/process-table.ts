import { readFileSync } from 'node:fs';

import { within } from './wait.ts';

/**
 * When the process began, as an opaque mark, or `undefined` when it does not run. A pid alone says
 * little, because the system gives it to the next process; pid and mark together are one process.
 * Zombies count as gone. Source: proc(5), /proc/pid/stat, fields 3 and 22.
 */
export function processMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return process.platform === 'linux' ? undefined : portableMark(pid);
  }
}

/** The process's arguments, or nothing when it is gone. */
export function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

/** Resolves to whether the process was gone within the time. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  return (await within(timeoutMs, () => processMark(pid) === undefined)) ?? false;
}

/** Sends a signal; false when there is no such process, throws when it is someone else's. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

function portableMark(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'running';
  } catch {
    return undefined;
  }
}
