import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from '../scripts/build.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program, and an empty folder with an empty home to run it in. */
export interface Program extends AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  /** Runs it to its end. `input` is its standard input. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Runs it and parses what it prints. Throws unless it succeeds. */
  json<Value>(args: readonly string[], options?: RunOptions): Promise<Value>;
  start(args: readonly string[], options?: RunOptions): ChildProcessWithoutNullStreams;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

export async function openProgram(): Promise<Program> {
  const root = await mkdtemp(path.join(tmpdir(), 'landfall-cli-'));
  const folder = path.join(root, 'program');
  await build(folder);
  const start = (args: readonly string[], { env = {}, cwd = root }: RunOptions = {}) =>
    spawn(process.execPath, [path.join(folder, 'landfall.js'), ...args], {
      cwd,
      env: { HOME: root, PATH: process.env['PATH'] ?? '', TZ: 'Europe/Berlin', ...env },
    });
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<Ended> => {
    const child = start(args, options);
    child.stdin.end(options.input ?? '');
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      child.exitCode === null ? once(child, 'exit') : undefined,
    ]);
    return { code: child.exitCode, stdout, stderr };
  };
  return {
    folder: root,
    home: root,
    start,
    run,
    async json<Value>(args: readonly string[], options: RunOptions = {}) {
      const { code, stdout, stderr } = await run([...args, '--json'], options);
      if (code !== 0) throw new Error(`landfall ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Value;
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
