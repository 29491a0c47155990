import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ConnectionOptions, type NatsConnection } from 'nats';
import { inboxPrefixOf } from '@landfall/contracts/nats-permissions';
import type { ServiceName } from '@landfall/contracts/services';
import { Fault } from '@landfall/domain/fault';
import { natsCode } from './faults.ts';
import type { Logger } from '../log/log.ts';

/** Longer than nats-server needs to recover a big store, shorter than anybody waits for a start. */
const START_DEADLINE_MS = 60_000;
const START_RETRY_MS = 250;
const START_PROGRESS_MS = 5000;
const CONNECT_TIMEOUT_MS = 3000;
/** Reconnecting is for ever; the jitter keeps a fleet from coming back in one instant. */
const RECONNECT_WAIT_MS = 200;
const RECONNECT_JITTER_MS = 200;
/**
 * A connection that is dead without a word (a lost machine, a firewall) is noticed within some ten seconds: every
 * decision is lost meanwhile. Shorter would take a process that has paused for a dead connection.
 */
const PING_INTERVAL_MS = 3_000;
const MAX_PINGS_OUT = 3;

/** Codes that waiting does not cure. */
const HOPELESS_CODES = new Set(['AUTHORIZATION_VIOLATION', 'BAD_AUTHENTICATION', 'INVALID_OPTION']);

/**
 * Connects to the servers of a `NATS_URL`: waits for the first connection (progress in the log, at
 * most a minute), after that reconnects for ever. Credentials: `nats://user:password@host` or
 * `nats://token@host`; several servers are separated by commas and share the first one's. Answers come
 * to inboxes of the service's own, as its NATS permissions want it.
 */
export async function connectToNats(options: {
  url: string;
  name: ServiceName;
  log: Logger;
}): Promise<NatsConnection> {
  const { log } = options;
  const settings = connectionOptions(options.url, options.name);
  const startedAt = performance.now();
  for (let lastWord = startedAt; ;) {
    try {
      return await connect(settings);
    } catch (error) {
      const code = natsCode(error) ?? '';
      if (HOPELESS_CODES.has(code)) {
        const message = `NATS refuses the connection (${code}); check NATS_URL`;
        throw new Fault('bus.refused', message, { retry: 'never', cause: error });
      }
      const now = performance.now();
      if (now - startedAt > START_DEADLINE_MS) {
        throw new Fault('bus.unavailable', 'NATS is not available; check NATS_URL', {
          retry: 'later',
          cause: error,
        });
      }
      if (now - lastWord > START_PROGRESS_MS) {
        lastWord = now;
        log.info({ code, waitedMs: Math.round(now - startedAt) }, 'waiting for NATS');
      }
      await delay(START_RETRY_MS);
    }
  }
}

function connectionOptions(url: string, name: ServiceName): ConnectionOptions {
  const servers = url.split(',').map((part) => new URL(part.trim()));
  const [first] = servers;
  const user = decodeURIComponent(first?.username ?? '');
  const pass = decodeURIComponent(first?.password ?? '');
  const credentials = pass ? { user, pass } : user ? { token: user } : {};
  return {
    servers: servers.map(({ host }) => host),
    name: `landfall-${name}`,
    inboxPrefix: inboxPrefixOf(name),
    timeout: CONNECT_TIMEOUT_MS,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: MAX_PINGS_OUT,
    // Credentials may be rotated on the server before they are here: keep trying, do not give up.
    ignoreAuthErrorAbort: true,
    // A stack trace per request costs more than the request.
    noAsyncTraces: true,
    ...credentials,
    ...(servers.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
  };
}
