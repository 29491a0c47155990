import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

import { startFault } from './start-fault.ts';

// Enough to see a server's last complaint in an error message, too little to flood it.
const tailLines = 15;

// Stops the server and then removes a throw-away folder once its standard input ends, which is
// when the launcher has died, by whatever signal. The kernel closes the pipe; nobody can forget it.
const watchdogScript = `
read -r _
kill -s "$2" "$1" 2>/dev/null
[ -n "$3" ] || exit 0
tries=0
while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -rf -- "$3"
`;

export type ServerCommand = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Numeric identity to run as; only root can ask for one. */
  readonly identity?: { readonly uid: number; readonly gid: number } | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** How long an orderly stop may take before SIGKILL. */
  readonly stopGraceMs: number;
  /** Removed by the watchdog when the launcher dies without stopping the server. */
  readonly throwAwayDir?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
};

/**
 * One server process, in its own session, so that Ctrl-C in the launcher's terminal does not reach
 * it before the launcher decides. It never outlives its launcher: a watchdog stops it.
 */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #command: ServerCommand;
  readonly #tail: string[] = [];

  private constructor(child: ChildProcess, pid: number, command: ServerCommand) {
    this.#child = child;
    this.#command = command;
    this.pid = pid;
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()));
    for (const stream of [child.stdout, child.stderr]) if (stream) this.#follow(stream);
    const watchdog = startWatchdog(pid, command);
    child.once('exit', () => watchdog.kill('SIGKILL'));
  }

  static async launch(command: ServerCommand): Promise<ServerProcess> {
    const child = spawn(command.command, [...command.args], {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...command.identity,
    });
    const failure = await new Promise<Error | undefined>((resolve) => {
      child.once('spawn', () => resolve(undefined));
      child.once('error', resolve);
    });
    if (failure ?? child.pid === undefined) throw cannotRun(command, failure);
    return new ServerProcess(child, child.pid ?? 0, command);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last lines the server wrote. */
  get lastWords(): string {
    return this.#tail.join('\n        ') || 'it said nothing';
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), this.#command.stopGraceMs);
    this.#child.kill(this.#command.stopSignal);
    await this.exited;
    clearTimeout(impatience);
  }

  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  #follow(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#tail.push(line);
      if (this.#tail.length > tailLines) this.#tail.shift();
      this.#command.log?.(line);
    });
  }
}

function startWatchdog(pid: number, command: ServerCommand): ChildProcess {
  const signal = command.stopSignal.replace('SIG', '');
  const args = ['-c', watchdogScript, 'watchdog', String(pid), signal, command.throwAwayDir ?? ''];
  const watchdog = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without a shell there is no watchdog; the next start then finds the orphan by its pid file.
  watchdog.once('error', () => undefined);
  watchdog.unref();
  const input = watchdog.stdin;
  input?.once('error', () => undefined);
  if (input && 'unref' in input && typeof input.unref === 'function') input.unref();
  return watchdog;
}

function cannotRun(command: ServerCommand, cause: Error | undefined) {
  return startFault(
    'start_failed',
    {
      what: `${command.name} cannot be run.`,
      why: cause?.message ?? 'the system gave it no process id',
      next: `check that ${command.command} may be executed by this user`,
    },
    cause,
  );
}
