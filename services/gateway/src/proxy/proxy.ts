import {
  Agent,
  request as httpRequest,
  type AgentOptions,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import type { Logger } from '@landfall/service-kit/log';
import { traceParentOfRequest } from '@landfall/service-kit/tracing';
import { answeredHeaders, forwardedHeaders, type RawHeaders } from './forwarded-headers.ts';

/** The upstreams accept connections within milliseconds. One that takes longer is down. */
const CONNECT_TIMEOUT_MS = 2_000;
/**
 * A kept connection that the upstream has just closed fails at once. A connection that is lost later belonged to a busy
 * or silent upstream, and there is no time to ask it again, because Microsoft waits ten seconds.
 */
const REPEAT_WITHIN_MS = 250;
/** Open sockets that are kept for the next requests. More would only be idle. */
const MAX_FREE_SOCKETS = 64;

export interface Proxied {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /**
   * Undefined if the request has no body. A function is called when the upstream asks for the body with `100 Continue` (RFC 9110
   * section 10.1.1). It resolves with undefined if the caller has been answered already.
   */
  readonly body: Buffer | (() => Promise<Buffer | undefined>) | undefined;
  readonly clientAddress: string;
}

export interface Proxy extends Disposable {
  /**
   * Forwards a request and its answer, with path, query and end-to-end headers byte for byte. Calls `onAway` if there
   * was no answer. Then nothing has been sent to the caller, or the connection is broken already.
   */
  forward(proxied: Proxied, onAway: () => void): void;
}

export interface ProxyOptions {
  readonly target: string;
  readonly publicUrl: string;
  /** An upstream that is silent for this long counts as down. */
  readonly timeoutMs: number;
  /** Whether a request may be sent again after its connection turned out to be closed, because repeating it is safe. */
  readonly isRepeatable: (req: IncomingMessage) => boolean;
  /** Any other status becomes 503, because the answer does not come from the expected upstream. */
  readonly isExpected?: (status: number) => boolean;
  readonly securityHeaders: ReadonlyMap<string, string>;
  readonly log: Logger;
}

/**
 * A reverse proxy to one upstream, over connections that are kept open. It uses Node's own client, because a general proxy
 * library takes three times as long for each of Microsoft's calls.
 */
export function createProxy(options: ProxyOptions): Proxy {
  const { timeoutMs, log } = options;
  const target = new URL(options.target);
  const publicUrl = new URL(options.publicUrl);
  const isTls = target.protocol === 'https:';
  const agent = createAgent(isTls, { timeout: timeoutMs });
  // Without the brackets of an IPv6 address.
  const { hostname, port } = urlToHttpOptions(target);
  const place = { hostname, port, agent, timeout: timeoutMs };
  const send = isTls ? httpsRequest : httpRequest;
  // The kit has set the request's id already, and the routes have set the security headers.
  const own = new Set(['x-correlation-id', ...options.securityHeaders.keys()]);

  const answer = (res: ServerResponse, answered: IncomingMessage): void => {
    if (res.headersSent) return void answered.resume();
    let status = answered.statusCode ?? 503;
    if (!isFinal(status) || options.isExpected?.(status) === false) {
      log.error({ status, target: target.host }, 'an upstream returned an unexpected status');
      status = 503;
    }
    // An incomplete answer must not look like one that is still arriving.
    answered.once('error', () => res.destroy());
    res.writeHead(status, answeredHeaders(answered.rawHeaders, own));
    if (answered.headers['content-length'] === '0') {
      answered.resume();
      res.end();
    } else {
      answered.pipe(res);
    }
  };

  const attempt = (call: Call, isLast: boolean): void => {
    const { req, res, body, headers, onAway } = call;
    const startedAt = performance.now();
    const sent = send({ ...place, method: req.method, path: req.url, headers });
    const giveUp = (): void => {
      if (!res.writableFinished) sent.destroy();
    };
    res.once('close', giveUp);
    sent.once('timeout', () => sent.destroy(new Error('the upstream is silent')));
    const failed = (error: NodeJS.ErrnoException): void => {
      res.off('close', giveUp);
      if (res.destroyed || res.headersSent) return;
      const isAtOnce = performance.now() - startedAt < REPEAT_WITHIN_MS;
      if (!isLast && isAtOnce && error.code === 'ECONNRESET') return attempt(call, true);
      log.warn({ code: error.code, target: target.host }, 'an upstream did not answer');
      onAway();
    };
    sent.once('error', failed);
    sent.once('upgrade', (_answered, socket) => {
      socket.destroy();
      failed(new Error('the upstream switched to another protocol'));
    });
    sent.once('response', (answered) => answer(res, answered));
    if (typeof body === 'function') sendWhenAsked(sent, res, body);
    else sent.end(body);
  };

  return {
    forward({ req, res, body, clientAddress }, onAway) {
      const traceParent = traceParentOfRequest();
      const caller = { address: clientAddress, publicUrl, upstreamHost: target.host, traceParent };
      const headers = [...forwardedHeaders(req, caller), ...framing(req, body)];
      attempt({ req, res, body, headers, onAway }, !options.isRepeatable(req));
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Node cannot send every status that an upstream may send. */
function isFinal(status: number): boolean {
  return status >= 200 && status <= 599;
}

type Call = Pick<Proxied, 'req' | 'res' | 'body'> & {
  readonly headers: RawHeaders;
  readonly onAway: () => void;
};

/** How the body is delimited, and whether the upstream has to ask for it. */
function framing({ headers }: IncomingMessage, body: Proxied['body']): RawHeaders {
  if (body === undefined) return [];
  if (typeof body !== 'function') return ['content-length', String(body.byteLength)];
  const length = headers['content-length'];
  return [
    'expect',
    '100-continue',
    ...(length === undefined ? ['transfer-encoding', 'chunked'] : ['content-length', length]),
  ];
}

/** Sends a body that is read from the caller only when the upstream asks for it. */
function sendWhenAsked(
  sent: ClientRequest,
  res: ServerResponse,
  load: () => Promise<Buffer | undefined>,
): void {
  let isAsked = false;
  sent.once('continue', () => {
    isAsked = true;
    load().then(
      (body) => (body === undefined ? sent.destroy() : sent.end(body)),
      // The caller has disconnected.
      () => res.destroy(),
    );
  });
  // The upstream answered without the body, so its connection would wait for a body that never comes.
  sent.once('response', (answered) => {
    answered.once('close', () => {
      if (!isAsked) sent.destroy();
    });
  });
}

/** Keeps connections open, and gives up a connection that is not made in time. */
function createAgent(isTls: boolean, { timeout }: Pick<AgentOptions, 'timeout'>): Agent {
  const agent = new (isTls ? TlsAgent : Agent)({
    keepAlive: true,
    maxFreeSockets: MAX_FREE_SOCKETS,
    timeout,
  });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = connect(...args);
    if (socket) boundConnecting(socket as Socket, isTls ? 'secureConnect' : 'connect');
    return socket;
  };
  return agent;
}

function boundConnecting(socket: Socket, done: 'connect' | 'secureConnect'): void {
  const late = setTimeout(
    () => socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })),
    CONNECT_TIMEOUT_MS,
  );
  socket.once(done, () => clearTimeout(late));
  socket.once('close', () => clearTimeout(late));
}
