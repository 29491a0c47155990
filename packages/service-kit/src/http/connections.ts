import type { Server } from 'node:http';
import type { Logger } from '../log/log.ts';

/**
 * Connections of one server. Each may use 64 KB for headers. For more connections, run more processes. The system's
 * limit of open files must be above this.
 */
const MAX_CONNECTIONS = 4096;
/** At most one log line in this time, so that a flood of connections does not flood the log. */
const LOG_WINDOW_MS = 10_000;

/** Which addresses count as one, and how many connections they may have. */
export interface AddressBound {
  readonly groupOf: (address: string) => string;
  readonly max: number;
}

/** Closes connections above the limits at once. Genuine callers try again, and attackers do not read an answer. */
export function boundConnections(
  server: Server,
  { log, perAddress }: { readonly log: Logger; readonly perAddress: AddressBound | undefined },
): void {
  server.maxConnections = MAX_CONNECTIONS;
  let dropped = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  const count = (): void => {
    dropped += 1;
    const at = performance.now();
    if (at - loggedAt < LOG_WINDOW_MS) return;
    loggedAt = at;
    log.warn({ dropped }, 'closed connections above the limit');
    dropped = 0;
  };
  server.on('drop', count);
  if (!perAddress) return;
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const group = perAddress.groupOf(socket.remoteAddress ?? '');
    const others = open.get(group) ?? 0;
    if (others >= perAddress.max) {
      count();
      socket.destroy();
      return;
    }
    open.set(group, others + 1);
    socket.once('close', () => {
      const left = (open.get(group) ?? 0) - 1;
      if (left > 0) open.set(group, left);
      else open.delete(group);
    });
  });
}
