import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

import { within } from './wait.ts';

export interface RunningProcess {
  readonly pid: number;
  /** Its arguments, joined by blanks. */
  readonly command: string;
  /** Its command and its environment; for other users' processes the command alone. */
  readonly details: string;
}

/** How one system lists its processes. */
export interface ProcessTable {
  /**
   * An opaque mark for the start time of a process; `undefined` if it is not running. Pids are reused; pid and mark together
   * identify one process. Zombies count as ended.
   */
  mark(pid: number): string | undefined;
  /** Whether the process has exactly this argument; false if it has ended. */
  hasArgument(pid: number, argument: string): boolean;
  list(): readonly RunningProcess[];
}

/** Source: proc(5), /proc/pid/stat, fields 3 and 22. */
export const procTable: ProcessTable = {
  mark(pid) {
    const stat = readProc(pid, 'stat');
    // The command name is in parentheses, and may contain spaces and parentheses.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields?.[0] === 'Z' ? undefined : fields?.[19];
  },
  hasArgument: (pid, argument) => readProc(pid, 'cmdline')?.split('\0').includes(argument) ?? false,
  list: () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => {
        const pid = Number(name);
        const command = (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
        return { pid, command, details: `${command} ${readProc(pid, 'environ') ?? ''}` };
      }),
};

/**
 * For macOS, which has no /proc. `ps` joins the arguments by blanks, so an argument counts if it stands between blanks.
 * Source: ps(1).
 * @param showEnvironment the option with which this system's `ps` adds the environment to the command
 */
export function psTable(showEnvironment = '-E'): ProcessTable {
  const commandOf = (pid: number) => ps(['-ww', '-o', 'args=', '-p', String(pid)])[0] ?? '';
  return {
    mark(pid) {
      const [line = ''] = ps(['-o', 'state=,lstart=', '-p', String(pid)]);
      const [, state, start] = /^(\S+)\s+(\S.*)$/.exec(line) ?? [];
      return state?.startsWith('Z') ? undefined : start;
    },
    hasArgument: (pid, argument) => ` ${commandOf(pid)} `.includes(` ${argument} `),
    list() {
      const details = byPid(ps(['-A', '-ww', showEnvironment, '-o', 'pid=,args=']));
      const commands = byPid(ps(['-A', '-ww', '-o', 'pid=,args=']));
      return [...commands].map(([pid, command]) => ({
        pid,
        command,
        details: details.get(pid) ?? command,
      }));
    },
  };
}

const table = process.platform === 'linux' ? procTable : psTable();

/** See {@link ProcessTable.mark}. */
export function processMark(pid: number): string | undefined {
  return table.mark(pid);
}

/** See {@link ProcessTable.hasArgument}. */
export function hasArgument(pid: number, argument: string): boolean {
  return table.hasArgument(pid, argument);
}

/** All processes of this machine. */
export function runningProcesses(): readonly RunningProcess[] {
  return table.list();
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

/** Undefined if the process has ended, or belongs to another user. */
function readProc(pid: number, file: 'stat' | 'cmdline' | 'environ'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** The lines of `ps`; none if no process matches. Times and words do not depend on the user's settings. */
function ps(options: readonly string[]): readonly string[] {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = spawnSync('/bin/ps', options, {
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  return (stdout ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** By pid. Further lines of an argument with line breaks are left out. */
function byPid(lines: readonly string[]): Map<number, string> {
  const processes = new Map<number, string>();
  for (const line of lines) {
    const [, pid, command = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid !== undefined) processes.set(Number(pid), command);
  }
  return processes;
}
