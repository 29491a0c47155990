import type { ServerProcess } from './server-process.ts';

/**
 * A server that this process started. `stop` ends it in order, `kill` sends SIGKILL; both may be
 * repeated. `restart` starts it again with the same port and data, whether it was stopped, killed
 * or running. Disposing stops it. The url contains the password or token: never log it.
 */
export type RunningServer = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  /** The pid of the current process; it changes with `restart`. */
  readonly pid: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
};

export type ServerLife = {
  readonly url: string;
  readonly port: number;
  readonly launch: () => Promise<ServerProcess>;
  /** Claims the server's folder for this process, and returns a function that releases it. */
  readonly claim: () => () => void;
  /** Releases the claim under which the first process was started. */
  readonly release: () => void;
  /** Called when the process ends unexpectedly. */
  readonly onUnexpectedExit?: ((lastWords: string) => void) | undefined;
};

/** Wraps the first process of a server in a `RunningServer`. */
export function keepRunning(first: ServerProcess, life: ServerLife): RunningServer {
  let current = first;
  let release: (() => void) | undefined = life.release;
  let isLeaving = false;
  const watch = async (server: ServerProcess) => {
    await server.exited;
    if (server === current && !isLeaving) life.onUnexpectedExit?.(server.lastWords);
  };
  void watch(first);
  const running = {
    url: life.url,
    port: life.port,
    get pid() {
      return current.pid;
    },
    async stop() {
      isLeaving = true;
      await current.stop();
      release?.();
      release = undefined;
    },
    async kill() {
      isLeaving = true;
      await current.kill();
    },
    async restart() {
      isLeaving = true;
      await current.stop();
      release ??= life.claim();
      current = await life.launch();
      isLeaving = false;
      void watch(current);
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
  return running;
}
