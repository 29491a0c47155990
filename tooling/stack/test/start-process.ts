import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hasArgument, runningProcesses } from '@landfall/servers/process-table';
import { until } from '@landfall/servers/wait';
import { openFolder } from '../src/launch/folder.ts';
import { runningStack, type StackDescription } from '../src/launch/stack-file.ts';

const script = fileURLToPath(new URL('../src/start.ts', import.meta.url));

/** `npm start` without npm: the launcher as a separate process. */
export interface StartProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves to the stack's description when it is ready. */
  readonly ready: () => Promise<StackDescription>;
  readonly exitCode: () => Promise<number | null>;
}

export function startProcess(
  folder: string,
  flags: readonly string[] = ['--no-seed'],
  env: Readonly<Record<string, string>> = {},
): StartProcess {
  const child = spawn(process.execPath, [script, ...flags], {
    env: { ...process.env, LANDFALL_FOLDER: folder, ...env },
    // With an IPC channel, as the bootstrap starts it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const output = () => said.join('');
  return {
    child,
    output,
    exitCode: () => exited,
    ready: () =>
      until(`the stack is ready; its output: ${output()}`, () => {
        if (child.exitCode !== null) throw new Error(`the launcher ended; its output: ${output()}`);
        return output().includes('Landfall is ready')
          ? runningStack(openFolder(folder))
          : undefined;
      }),
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The command lines of all processes that use this folder: servers, their watchdogs, services. */
export function processesOf(folder: string): string[] {
  return runningProcesses()
    .filter(({ details }) => details.includes(folder))
    .map(({ command }) => command);
}

/** Kills the server whose command line contains this file of the folder. */
export function killServer(file: string): void {
  for (const { pid, command } of runningProcesses()) {
    if (!command.includes(file) || !hasArgument(pid, file)) continue;
    if (!hasArgument(pid, 'watchdog')) process.kill(pid, 'SIGKILL');
  }
}
