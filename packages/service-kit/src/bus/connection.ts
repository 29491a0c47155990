import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ConnectionOptions, type NatsConnection } from 'nats';
import { inboxPrefixOf } from '@landfall/contracts/nats-permissions';
import type { ServiceName } from '@landfall/contracts/services';
import { Fault } from '@landfall/domain/fault';
import { natsCode } from './faults.ts';
import { isCertificateCode, readCertificate } from '../process/certificates.ts';
import type { Logger } from '../log/log.ts';

/** nats-server recovers a large store within this time, and an operator can wait that long for a start. */
const START_DEADLINE_MS = 60_000;
const START_RETRY_MS = 250;
const START_PROGRESS_MS = 5000;
const CONNECT_TIMEOUT_MS = 3000;
/** Pause between reconnects, which never end. The jitter keeps many processes from reconnecting at the same moment. */
const RECONNECT_WAIT_MS = 200;
const RECONNECT_JITTER_MS = 200;
/**
 * Detects a connection that fell silent (a lost machine, a firewall) within about ten seconds, because no decision can
 * be made until then. With a shorter interval, a process that paused for a moment would lose its connection.
 */
const PING_INTERVAL_MS = 3_000;
const MAX_PINGS_OUT = 3;

/** Codes of errors that do not pass by waiting. */
const HOPELESS_CODES = new Set(['AUTHORIZATION_VIOLATION', 'BAD_AUTHENTICATION', 'INVALID_OPTION']);

/**
 * Connects to the servers of a `NATS_URL`. Waits for the first connection for at most a minute, with progress in
 * the log, and later reconnects without limit. Credentials: `nats://user:password@host` or `nats://token@host`.
 * Several servers are separated by commas and use the credentials of the first one. Answers arrive under the
 * service's own inbox prefix, as its NATS permissions require.
 */
export async function connectToNats(options: {
  url: string;
  caFile?: string | undefined;
  name: ServiceName;
  log: Logger;
}): Promise<NatsConnection> {
  const { log, caFile } = options;
  // The client reads the file again at each connection, so that it can be renewed; a wrong name must not look like an outage.
  if (caFile) readCertificate(caFile, { variable: 'NATS_CA_FILE', code: 'bus.refused' });
  const settings = connectionOptions(options);
  const startedAt = performance.now();
  for (let lastWord = startedAt; ;) {
    try {
      return await connect(settings);
    } catch (error) {
      const code = natsCode(error) ?? '';
      const refusal = HOPELESS_CODES.has(code)
        ? `NATS refuses the connection (${code}); check NATS_URL`
        : isCertificateCode(code)
          ? `the certificate of NATS is not trusted (${code}); check NATS_CA_FILE and the host names in NATS_URL`
          : undefined;
      if (refusal) throw new Fault('bus.refused', refusal, { retry: 'never', cause: error });
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

function connectionOptions(options: {
  url: string;
  caFile?: string | undefined;
  name: ServiceName;
}): ConnectionOptions {
  const { url, caFile, name } = options;
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
    // Credentials may change on the server before they change here, so a refusal does not end reconnecting.
    ignoreAuthErrorAbort: true,
    // A stack trace for each request would cost more than the request.
    noAsyncTraces: true,
    ...credentials,
    ...(servers.some(({ protocol }) => protocol === 'tls:') || caFile
      ? { tls: caFile ? { caFile } : {} }
      : {}),
  };
}
