import { execFile, fork, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { PATIENCE_MS } from '@landfall/config/patience';
import { lastWords } from './last-words.ts';
import { LogFile } from './log-file.ts';
import { Revival, type ProcessEvents } from './revival.ts';

/** A service ends within ten seconds by itself. After this, it is killed. */
const STOP_DEADLINE_MS = 15_000;
/** The last output of a process is within this many chunks. */
const TAIL_CHUNKS = 20;

export interface ProcessSpec {
  readonly name: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  readonly url: string | undefined;
  /** The URL of its metrics; only our own services report one. */
  readonly metricsUrl: string | undefined;
  /**
   * By default ends it like a crash, so it is restarted. Returns false if no process is running.
   */
  kill(signal?: NodeJS.Signals): boolean;
  /**
   * Ends it like an operator does (SIGTERM), and starts `script` in its place, with the same environment. Throws StartError if that does
   * not become ready; nothing runs then.
   */
  replace(script: string): Promise<void>;
  /** Runs its script once more, beside it, with these arguments and the same environment. Throws StartError if that fails. */
  runOnce(args: readonly string[], script?: string): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again after `stop`, or in place of the running process, with additional variables for this time. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
}

/** A service did not start. The message says what failed, why, and where to look. */
export class StartError extends Error {
  override readonly name: string = 'StartError';
}

/**
 * The port chosen for a process was free at that time, but taken when the process tried to listen.
 */
export class PortTakenError extends StartError {
  override readonly name = 'PortTakenError';
  /** The name of the process that could not listen. */
  readonly process: string;

  constructor(message: string, process: string) {
    super(message);
    this.process = process;
  }
}

/**
 * Runs a service as a child process with an IPC channel. The child reports when it is ready, and
 * ends when the channel closes, so a killed launcher leaves nothing behind. A crashed child is
 * restarted. Throws StartError if the child does not become ready; if `notWanted` is aborted first,
 * the child is ended.
 */
export async function superviseProcess(
  spec: ProcessSpec,
  on: ProcessEvents,
  notWanted: AbortSignal,
): Promise<SupervisedProcess> {
  let wanted = spec;
  let life = await begin(spec, on, notWanted);
  const start = async (changes: Partial<Pick<ProcessSpec, 'script' | 'env'>> = {}) => {
    await life.stop();
    wanted = { ...wanted, ...changes };
    life = await begin(wanted, on, notWanted);
    on.changed();
  };
  return {
    name: spec.name,
    get pid() {
      return life.launched().child.pid ?? 0;
    },
    get url() {
      return life.launched().url;
    },
    get metricsUrl() {
      return life.launched().metricsUrl;
    },
    kill(signal = 'SIGKILL') {
      const { child } = life.launched();
      return isRunning(child) && child.kill(signal);
    },
    replace: (script) => start({ script }),
    runOnce: (args, script = wanted.script) => runOnce({ ...wanted, script }, args),
    stop: () => life.stop(),
    start: (env = {}) => start({ env: { ...spec.env, ...env } }),
  };
}

/** The processes from a start to the stop: one, and another after each crash. */
async function begin(spec: ProcessSpec, on: ProcessEvents, notWanted: AbortSignal) {
  const log = new LogFile(spec.logFile);
  const revival = new Revival(
    spec.name,
    async (signal) => {
      current = await launch(spec, log, signal);
      watch();
    },
    on,
  );
  const watch = (): void => {
    current.child.once('exit', (code, signal) => revival.ended(signal ?? `exit code ${code}`));
  };
  let current = await launch(spec, log, notWanted);
  watch();
  return {
    launched: () => current,
    async stop() {
      await revival.stop();
      await endProcess(current.child);
      log.close();
    },
  };
}

interface Whereabouts {
  readonly url?: string | undefined;
  readonly metricsUrl?: string | undefined;
}

interface Launched extends Whereabouts {
  readonly child: ChildProcess;
}

async function launch(spec: ProcessSpec, log: LogFile, notWanted: AbortSignal): Promise<Launched> {
  notWanted.throwIfAborted();
  const child = fork(spec.script, [], {
    env: { ...spec.env },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Outside the terminal's process group: Ctrl-C reaches only the launcher, which stops all in
    // order.
    detached: true,
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      tail.push(chunk.toString('utf8'));
      if (tail.length > TAIL_CHUNKS) tail.shift();
    });
  }
  const giveUp = () => void endProcess(child);
  notWanted.addEventListener('abort', giveUp);
  try {
    return { child, ...(await readiness(child, spec, tail)) };
  } finally {
    notWanted.removeEventListener('abort', giveUp);
  }
}

function readiness(
  child: ChildProcess,
  spec: ProcessSpec,
  tail: readonly string[],
): Promise<Whereabouts> {
  return new Promise((resolve, reject) => {
    let refused: string | undefined;
    const fail = (why: string) => {
      clearTimeout(timer);
      child.removeAllListeners('message');
      const said = lastWords(tail.join('')).join('\n    ');
      const text = `${spec.name} did not start: ${why}.\n    ${said}\n  Next step: read ${spec.logFile}`;
      reject(refused === 'EADDRINUSE' ? new PortTakenError(text, spec.name) : new StartError(text));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`it was not ready within ${PATIENCE_MS / 1000} s`);
    }, PATIENCE_MS);
    // Not 'exit': its last output may still be in the pipe.
    const onClose = (code: number | null, signal: NodeJS.Signals | null) =>
      fail(`it ended with ${signal ?? `exit code ${code}`}`);
    child.once('close', onClose);
    child.once('error', (error) => fail(error.message));
    child.on('message', (message: Whereabouts & { ready?: boolean; failed?: string }) => {
      refused = message.failed;
      if (!message.ready) return;
      clearTimeout(timer);
      child.off('close', onClose);
      const { url, metricsUrl } = message;
      resolve({ url, metricsUrl });
    });
  });
}

async function runOnce({ name, script, env }: ProcessSpec, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [script, ...args], {
      env: { ...env },
      timeout: PATIENCE_MS,
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const words = lastWords(said).join('\n    ');
    throw new StartError(`${name} ${args.join(' ')} failed.\n    ${words}`);
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
