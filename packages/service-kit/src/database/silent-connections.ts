import type { Socket } from 'node:net';
import type pg from 'pg';

/**
 * Ends connections that fall silent: a statement is under way and for `limitMs` nothing has come or
 * gone. A lost machine, a firewall or a load balancer that forgets a connection sends no FIN and no
 * RST, so that the driver would wait for ever and the pool would lose the place. The statement fails
 * with ETIMEDOUT, and the pool's idle connections are closed as well: most often all of them went
 * the same way, and each would cost one more statement.
 */
export function endSilentConnections(pool: pg.Pool, limitMs: number): void {
  const idle = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('release', (_error, client) => idle.add(client));
  pool.on('remove', (client) => idle.delete(client));
  pool.on('connect', (client) => {
    const isBusy = statementWatch(client);
    const socket = socketOf(client);
    socket.setTimeout(limitMs, () => {
      if (!isBusy()) return;
      const { bytesRead } = socket;
      // After a pause of this process the timer comes before the bytes that have long arrived.
      setImmediate(() => {
        if (!isBusy() || socket.bytesRead !== bytesRead) return;
        const others = [...idle];
        socket.destroy(silence(limitMs));
        for (const other of others) socketOf(other).destroy(silence(limitMs));
      });
    });
  });
}

/** Closes what is left of a pool that cannot say goodbye to a server that is silent. */
export function destroyConnections(clients: Iterable<pg.PoolClient>): void {
  for (const client of clients) socketOf(client).destroy();
}

/** Whether a statement waits for its answer; `drain` comes when the client has none left. */
function statementWatch(client: pg.PoolClient): () => boolean {
  let isBusy = false;
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  Object.assign(client, {
    query: (...args: unknown[]) => {
      isBusy = true;
      return query(...args);
    },
  });
  client.on('drain', () => {
    isBusy = false;
  });
  return () => isBusy;
}

/** The encrypted one where TLS is on. The driver's types leave it out; its pool destroys it like this. */
function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

function silence(limitMs: number): Error {
  const message = `Postgres was silent for ${limitMs} ms under a statement`;
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
