import type { Socket } from 'node:net';
import type pg from 'pg';

/**
 * Destroys connections that fall silent: a statement is running, and nothing was sent or received for `limitMs`. A lost
 * machine, or a firewall or load balancer that dropped the connection, sends no FIN or RST. The driver would then wait
 * for ever, and the pool would have one connection less. The statement fails with ETIMEDOUT. The pool's idle connections
 * are destroyed too, because they are probably lost as well, and each would fail one more statement.
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
      // If this process was paused, the timer fires before bytes that have already arrived are read.
      setImmediate(() => {
        if (!isBusy() || socket.bytesRead !== bytesRead) return;
        const others = [...idle];
        socket.destroy(silence(limitMs));
        for (const other of others) socketOf(other).destroy(silence(limitMs));
      });
    });
  });
}

/** Destroys the remaining connections of a pool that cannot close them because the server is silent. */
export function destroyConnections(clients: Iterable<pg.PoolClient>): void {
  for (const client of clients) socketOf(client).destroy();
}

/** Tells whether a statement is waiting for its answer. `pg` emits `drain` when none is left. */
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

/** The client's socket; with TLS, the encrypted one. The types of `pg` omit it, but its own pool destroys it like this. */
function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

function silence(limitMs: number): Error {
  const message = `PostgreSQL was silent for ${limitMs} ms during a statement`;
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
