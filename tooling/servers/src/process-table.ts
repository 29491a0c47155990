import { readFileSync } from 'node:fs';

import { within } from './wait.ts';

/**
 * An opaque mark for the start time of a process; `undefined` if it is not running. Pids are
 * reused; pid and mark together identify one process. Zombies count as ended. Source: proc(5),
 * /proc/pid/stat, fields 3 and 22.
 */
export function processMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses, and may contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return process.platform === 'linux' ? undefined : portableMark(pid);
  }
}

/** The process's arguments; empty if it has ended. */
export function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

/** Resolves to whether the process ended within the time. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  return (await within(timeoutMs, () => processMark(pid) === undefined)) ?? false;
}

/**
 * Sends a signal. Returns false if there is no such process; throws if it belongs to another user.
 */
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
