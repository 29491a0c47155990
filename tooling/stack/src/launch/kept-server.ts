import type { RunningServer } from '@landfall/servers/running-server';
import type { Closer } from './closer.ts';
import { LogFile } from './log-file.ts';
import { Revival, type ProcessEvents } from './revival.ts';

/** Callbacks for a server's start. */
export interface ServerHooks {
  readonly log: (line: string) => void;
  readonly onUnexpectedExit: () => void;
}

/**
 * Starts one of our own servers, and restarts it if it ends unexpectedly: with the same port and
 * data, so that the services find it again. Closing stops it.
 */
export async function keepServer<Server extends RunningServer>(
  {
    name,
    logFile,
    closer,
    events,
  }: {
    readonly name: string;
    readonly logFile: string;
    readonly closer: Closer;
    readonly events: ProcessEvents;
  },
  start: (hooks: ServerHooks) => Promise<Server>,
): Promise<Server> {
  const log = new LogFile(logFile);
  const revival = new Revival(name, () => server.restart(), events);
  const server = await start({
    log: (line) => log.write(`${line}\n`),
    onUnexpectedExit: () => revival.ended(),
  });
  closer.add(name, async () => {
    await revival.stop();
    await server.stop();
    log.close();
  });
  return server;
}
