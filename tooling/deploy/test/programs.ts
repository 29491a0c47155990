import { spawn, type ChildProcess } from 'node:child_process';

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** What it has printed so far, to stdout and stderr. */
  readonly text: () => string;
}

/** The programs that a test starts. Disposing kills those that still run, such as after a failed test. */
export class Programs {
  readonly #running = new Set<ChildProcess>();

  /** Starts a program with nothing in its environment but `env`, as the given user. */
  start(
    command: readonly [node: string, script: string, ...args: string[]],
    {
      env,
      ...options
    }: { readonly env: Readonly<Record<string, string>>; cwd?: string; uid?: number; gid?: number },
  ): RunningProgram {
    const [node, ...args] = command;
    const child = spawn(node, args, { ...options, env: { ...env }, stdio: 'pipe' });
    this.#running.add(child);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const { promise: ended, resolve } = Promise.withResolvers<number | null>();
    child.on('close', (code) => {
      this.#running.delete(child);
      resolve(code);
    });
    return { child, ended, text: () => text };
  }

  [Symbol.dispose](): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}
