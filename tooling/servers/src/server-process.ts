import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { startFault } from '@landfall/provisioning/start-fault';
import { startWatchdog, type Watchdog } from './watchdog.ts';

// Enough to show a server's last error, few enough not to flood a message.
const tailLines = 15;

export type ServerCommand = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Numeric user and group to run as; only root can set them. */
  readonly identity?: { readonly uid: number; readonly gid: number } | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** How long an orderly stop may take before SIGKILL. */
  readonly stopGraceMs: number;
  /** Removed by the watchdog if the launcher dies without stopping the server. */
  readonly throwAwayDir?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
};

/**
 * One server process, in its own session, so that Ctrl-C in the launcher's terminal does not reach
 * it. It never outlives its launcher: a watchdog stops it.
 */
export class ServerProcess {
  readonly pid: number;
  /**
   * Resolves when the server has ended, together with all its processes that write to the same log.
   */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  readonly #command: ServerCommand;
  readonly #tail: string[] = [];
  readonly #watchdog: Watchdog;

  private constructor(child: ChildProcess, pid: number, command: ServerCommand) {
    this.#child = child;
    this.#command = command;
    this.pid = pid;
    this.exited = new Promise((resolve) => child.once('close', () => resolve()));
    for (const stream of [child.stdout, child.stderr]) if (stream) this.#follow(stream);
    const { stopSignal: signal, throwAwayDir } = command;
    this.#watchdog = startWatchdog({ pid, signal, throwAwayDir });
    child.once('exit', () => this.#watchdog.tellGone());
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
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), this.#command.stopGraceMs);
    if (this.isRunning) this.#child.kill(this.#command.stopSignal);
    await this.exited;
    clearTimeout(impatience);
    this.#watchdog.dismiss();
  }

  async kill(): Promise<void> {
    if (this.isRunning) this.#child.kill('SIGKILL');
    await this.exited;
    this.#watchdog.dismiss();
  }

  #follow(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#tail.push(line);
      if (this.#tail.length > tailLines) this.#tail.shift();
      this.#command.log?.(line);
    });
  }
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
