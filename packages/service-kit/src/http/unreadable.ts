import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptCorrelationId } from '../log/correlation.ts';
import type { Logger } from '../log/log.ts';

/** Most failures on our side are over after this time. */
const RETRY_AFTER_SECONDS = 5;

/** The statuses that Node itself would answer. Everything else that cannot be read gets 400. */
const STATUS_OF = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

interface ParserError extends Error {
  readonly code?: string | undefined;
  /** The bytes that arrived last on the connection. */
  readonly rawPacket?: Buffer | undefined;
}

/**
 * Answers requests that Node cannot read: malformed, too slow, or with too many headers. Answers 503 if the sender
 * would take a 4xx for our decision, or if the target of the request is unknown.
 */
export function answerUnreadable(
  server: Server,
  parts: {
    /** The target of the connection's current request, if it was already read. */
    readonly targetOf: (socket: Duplex) => string | undefined;
    readonly isNeverRefused: ((target: string) => boolean) | undefined;
    readonly log: Logger;
  },
): void {
  const { targetOf, isNeverRefused, log } = parts;
  server.on('clientError', (error: ParserError, socket) => {
    const target = targetOf(socket) ?? targetIn(error.rawPacket);
    const mayRefuse = !isNeverRefused || (target !== undefined && !isNeverRefused(target));
    const status = mayRefuse
      ? (STATUS_OF.get(error.code ?? '') ?? '400 Bad Request')
      : `503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER_SECONDS}`;
    if (!socket.writable || hasAnswered(socket)) {
      socket.destroy(error);
      return;
    }
    const correlationId = acceptCorrelationId(undefined);
    log.info({ correlationId, code: error.code, status: status.slice(0, 3) }, 'unreadable request');
    const headers = `X-Correlation-Id: ${correlationId}\r\nConnection: close\r\nContent-Length: 0`;
    socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`, () => socket.destroy());
  });
}

function targetIn(packet: Buffer | undefined): string | undefined {
  const line = packet?.subarray(0, packet.indexOf('\n')).toString('latin1') ?? '';
  return /^[A-Za-z]+ +(\S+) +HTTP\//.exec(line)?.[1];
}

/** Whether an answer has begun, which another status line must not follow. */
function hasAnswered(socket: Duplex): boolean {
  const message = (socket as { _httpMessage?: { headersSent?: boolean } | null })._httpMessage;
  return message?.headersSent ?? false;
}
