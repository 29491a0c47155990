import type { RunningServer } from '@landfall/servers/running-server';
import type { Closer } from './closer.ts';
import { LogFile } from './log-file.ts';
import { Revival, type ProcessEvents } from './revival.ts';

/** What a server that is kept gets for its start. */
export interface ServerHooks {
  readonly log: (line: string) => void;
  readonly onUnexpectedExit: () => void;
}

/**
 * Starts a server of ours and brings it back when it ends unasked: same port, same data, so that the
 * services find it again by themselves. Closing stops it.
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
