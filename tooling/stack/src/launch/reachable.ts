import { connect } from 'node:net';
import { StartError } from './supervised-process.ts';

/** The server is either running or not; a slow network needs a second, not a minute. */
const PATIENCE_MS = 5_000;

/**
 * A server that the environment names must be reachable before anything starts, so that a wrong
 * address is reported at once, and not after every service has waited for it.
 */
export async function expectReachable(
  variable: string,
  url: string,
  defaultPort: number,
): Promise<void> {
  const target = URL.parse(url.split(',')[0] ?? '');
  const host = target?.hostname.replace(/^\[|\]$/g, '');
  const isOther = variable === 'DATABASE_URL' && !/^postgres(ql)?:$/.test(target?.protocol ?? '');
  if (!target || !host || isOther) {
    throw new StartError(
      `${variable} is not a ${isOther ? 'PostgreSQL ' : ''}URL.\n  Next step: set it to a URL such as ${example(variable)}`,
    );
  }
  const port = Number(target.port || defaultPort);
  const problem = await tryConnect(host, port);
  if (problem === undefined) return;
  throw new StartError(
    `${variable} points to ${host}:${port}, where nothing answers (${problem}).\n` +
      `  Next step: start that server, correct ${variable}, or unset it to use the server that comes with Landfall.`,
  );
}

function example(variable: string): string {
  return variable === 'NATS_URL'
    ? 'tls://user:password@nats.example.com:4222'
    : 'postgres://admin:password@db.example.com:5432/postgres';
}

function tryConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const settle = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => settle(undefined));
    socket.once('timeout', () => settle(`no answer within ${PATIENCE_MS / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
}
