import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** Migrations of a large database take their time; a service that is silent longer than this hangs. */
const READY_DEADLINE_MS = 60_000;
/** A service drains within ten seconds of its own; what is still there after this is killed. */
const STOP_DEADLINE_MS = 15_000;
/** A crashed service is back at once the first time, and not in a hot loop when it keeps crashing. */
const RESTART_PAUSES_MS = [100, 500, 2_000, 5_000, 15_000] as const;
/** Having run this long, a service counts as healthy again. */
const HEALTHY_AFTER_MS = 30_000;

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
  /** SIGKILL, as a crash would end it: it is started again. False while there is none to kill. */
  kill(): boolean;
  stop(): Promise<void>;
}

export interface ProcessEvents {
  /** For people: a process ended, is started again, is back. */
  readonly event: (line: string) => void;
  /** A process has another pid now. */
  readonly changed: () => void;
  readonly restartPausesMs?: readonly number[] | undefined;
}

/** A service did not come up; the message says what, why and where to look. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Runs a service as a child with an IPC channel: the child says when it is ready, and goes when the
 * channel closes, so that a killed launcher leaves nothing behind. A crash restarts it.
 */
export async function superviseProcess(
  spec: ProcessSpec,
  on: ProcessEvents,
): Promise<SupervisedProcess> {
  const pausesMs = on.restartPausesMs ?? RESTART_PAUSES_MS;
  let stopping = false;
  let crashes = 0;
  let current = await launch(spec);

  function watch(): void {
    const { child, startedAt } = current;
    child.once('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) crashes = 0;
      const pauseMs = pausesMs[Math.min(crashes, pausesMs.length - 1)] ?? 0;
      crashes += 1;
      on.event(`${spec.name} ended (${signal ?? `exit code ${code}`}); starting it again`);
      setTimeout(() => void restart(), pauseMs);
    });
  }

  async function restart(): Promise<void> {
    if (stopping) return;
    try {
      current = await launch(spec);
      if (stopping) return await endProcess(current.child);
      watch();
      on.event(`${spec.name} is back`);
      on.changed();
    } catch (error) {
      on.event(error instanceof Error ? error.message : String(error));
      if (!stopping) setTimeout(() => void restart(), pausesMs.at(-1));
    }
  }

  watch();
  return {
    name: spec.name,
    get pid() {
      return current.child.pid ?? 0;
    },
    get url() {
      return current.url;
    },
    kill: () => isRunning(current.child) && current.child.kill('SIGKILL'),
    async stop() {
      stopping = true;
      await endProcess(current.child);
    },
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly url: string | undefined;
  readonly startedAt: number;
}

async function launch(spec: ProcessSpec): Promise<Launched> {
  const child = fork(spec.script, [], {
    env: { ...spec.env },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Not in the terminal's process group: Ctrl-C reaches the launcher, which stops them in order.
    detached: true,
  });
  const log = createWriteStream(spec.logFile, { flags: 'a' });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      tail.push(chunk.toString('utf8'));
      if (tail.length > 20) tail.shift();
    });
  }
  const url = await readiness(child, spec, tail);
  return { child, url, startedAt: Date.now() };
}

function readiness(
  child: ChildProcess,
  spec: ProcessSpec,
  tail: readonly string[],
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      child.removeAllListeners('message');
      const said = tail.join('').trim().split('\n').slice(-8).join('\n    ');
      reject(
        new StartError(
          `${spec.name} did not start: ${why}.\n    ${said}\n  Next step: read ${spec.logFile}`,
        ),
      );
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`it was not ready after ${READY_DEADLINE_MS / 1000} s`);
    }, READY_DEADLINE_MS);
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      fail(`it ended with ${signal ?? `exit code ${code}`}`);
    child.once('exit', onExit);
    child.once('error', (error) => fail(error.message));
    child.on('message', (message: { ready?: boolean; url?: string }) => {
      if (!message.ready) return;
      clearTimeout(timer);
      child.off('exit', onExit);
      resolve(message.url);
    });
  });
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
