import { createServer } from 'node:net';

const loopback = '127.0.0.1';

/**
 * A TCP port on 127.0.0.1 that was free a moment ago: the preferred one, or one the system chose.
 * Another process may still take it before it is bound, so starters retry with a fresh one.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  const port = await tryListen(0);
  if (port === undefined) throw new Error('the system has no free TCP port on 127.0.0.1');
  return port;
}

/** Whether 127.0.0.1:port can be bound right now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== undefined;
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
