import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const loopback = '127.0.0.1';

// Below the range for outgoing connections (Linux: from 32768). An outgoing connection could take a port
// of that range between our choice and our bind, or while a server is down.
const lowestPort = 10_000;
const portCount = 10_000;
// If 50 random ports are taken, the machine has no free ports to offer.
const portTries = 50;

/**
 * A TCP port on 127.0.0.1 that is free now: the preferred one, or any other. A port other than the preferred one is given
 * out only once on this machine while this process lives. Another program may still take the port before it is bound, so
 * callers retry with a new one.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let tried = 0; tried < portTries; tried += 1) {
    const port = lowestPort + randomInt(portCount);
    if ((await isPortFree(port)) && (await claim(port))) return port;
  }
  throw new Error(`there was no free TCP port on ${loopback} in ${portTries} tries`);
}

/**
 * Claims the port. False if another call has chosen it, perhaps without having bound it yet. The claim is a socket in Linux's
 * abstract namespace, which leaves no file and ends with the process. On other systems, nothing is claimed.
 */
function claim(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(true);
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({ path: `\0landfall-port-${port}` }, () => {
      server.unref();
      resolve(true);
    });
  });
}

/** Whether 127.0.0.1:port can be bound right now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
