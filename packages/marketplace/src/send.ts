import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** A server that does not accept a connection within this time is unreachable, and nothing was sent to it. */
const CONNECT_TIMEOUT_MS = 10_000;

/** The code of the error if no connection was made within {@link CONNECT_TIMEOUT_MS}. */
export const CONNECT_TIMEOUT = 'CONNECT_TIMEOUT';

/** A request, and its limits. */
export interface Sending {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** If empty, no body is sent. */
  readonly body: string;
  readonly signal: AbortSignal;
  /** The limit from the connection to the last byte of the answer. */
  readonly timeoutMs: number;
  /** The limit for the answer's body, after it was unpacked. */
  readonly maxBytes: number;
}

export type ReceivedHeaders = Readonly<Record<string, string | undefined>>;

export interface Received {
  readonly status: number;
  /** Their names are in lower case. */
  readonly headers: ReceivedHeaders;
  /** Undefined if it is too long. */
  readonly text: string | undefined;
}

/** The answer did not arrive in time. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/**
 * Sends a request and reads its answer. Follows no redirect. Throws the errors of the connection, with their codes. It uses
 * Node's own client, because `fetch` takes twice the CPU time. The client's shared agents keep connections open and obey
 * `NODE_USE_ENV_PROXY`.
 */
export async function send(sending: Sending): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const { url, method, body, signal, timeoutMs } = sending;
  const length = method === 'GET' ? undefined : { 'content-length': Buffer.byteLength(body) };
  const headers = { ...FIXED_HEADERS, ...sending.headers, ...length };
  const start = url.startsWith('https:') ? requestSecure : requestPlain;
  const request = start(url, { method, headers, signal });
  const limit = setTimeout(() => {
    // Once the answer has begun, a destroyed request would report only a broken connection.
    reject(new TimedOut('no answer in time'));
    request.destroy();
  }, timeoutMs);
  request.on('socket', (socket) => {
    if (!socket.connecting) return;
    const connecting = setTimeout(() => {
      const error = new Error('no connection in time');
      request.destroy(Object.assign(error, { code: CONNECT_TIMEOUT }));
    }, CONNECT_TIMEOUT_MS);
    const end = (): void => clearTimeout(connecting);
    socket.once(url.startsWith('https:') ? 'secureConnect' : 'connect', end).once('close', end);
  });
  request.on('error', reject);
  request.on('response', (response) => {
    const { statusCode: status = 0 } = response;
    // Only `set-cookie` can be a list, and nothing reads it.
    const headers = response.headers as ReceivedHeaders;
    textOf(response, sending.maxBytes).then((text) => resolve({ status, headers, text }), reject);
  });
  request.end(body === '' ? undefined : body);
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
  }
}

const FIXED_HEADERS = {
  accept: '*/*',
  // Servers do not agree on what deflate is.
  'accept-encoding': 'gzip, br',
  'user-agent': 'node',
};

/** The body as text; undefined if it is too long. */
function textOf(response: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  const content = unpacked(response);
  content.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size <= maxBytes) chunks.push(chunk);
    else {
      resolve(undefined);
      response.destroy();
      content.destroy();
    }
  });
  content.on('end', () => resolve(decode(chunks)));
  content.on('error', reject);
  response.on('error', reject);
  return promise;
}

/**
 * Accepts packed content that ends anywhere, as `fetch` does, because some servers name a packing even if the answer is empty.
 * Content that was cut off does not parse afterwards, and a connection that breaks during an answer is an error of its own.
 */
const ZLIB = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const BROTLI = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
};

function unpacked(response: IncomingMessage): Readable {
  switch (response.headers['content-encoding']?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return response.pipe(createGunzip(ZLIB));
    case 'deflate':
      return response.pipe(createInflate(ZLIB));
    case 'br':
      return response.pipe(createBrotliDecompress(BROTLI));
    default:
      return response;
  }
}

function decode(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
