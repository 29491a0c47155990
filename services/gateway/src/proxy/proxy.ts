import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { createProxyServer } from 'http-proxy-3';
import type { Logger } from '@landfall/service-kit/log';
import { AskedBody } from './asked-body.ts';
import { dropHopByHop, forwardHeaders } from './forwarded-headers.ts';
import { BANNERS } from './security-headers.ts';

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
   * Undefined if the request has none. A function is called when the upstream asks for the body. It resolves with
   * undefined if the caller has been answered already.
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

/** A reverse proxy to one upstream, over connections that are kept open. */
export function createProxy(options: ProxyOptions): Proxy {
  const { target, timeoutMs, log } = options;
  const publicUrl = new URL(options.publicUrl);
  const settings = { keepAlive: true, maxFreeSockets: MAX_FREE_SOCKETS };
  const agent = target.startsWith('https:') ? new TlsAgent(settings) : new Agent(settings);
  const server = createProxyServer({
    target,
    agent,
    // Keeps the path as it came, not as a URL parser would write it.
    toProxy: true,
    prependPath: false,
    changeOrigin: true,
    proxyTimeout: timeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
  server.on('proxyRes', (answer, _req, res) => {
    dropHopByHop(answer.headers);
    const status = answer.statusCode ?? 503;
    if (options.isExpected && !options.isExpected(status)) {
      log.error(
        { status, target: new URL(target).host },
        'an upstream returned an unexpected status',
      );
      answer.statusCode = 503;
      answer.statusMessage = 'Service Unavailable';
    }
    for (const name of BANNERS) delete answer.headers[name];
    for (const [name, value] of options.securityHeaders) answer.headers[name] = value;
    // The gateway decides about the caller's connection, also while it shuts down.
    const isClosing = !res.shouldKeepAlive || res.getHeader('connection') === 'close';
    answer.headers.connection = isClosing ? 'close' : 'keep-alive';
    // An incomplete answer must not look like one that is still arriving.
    answer.once('close', () => {
      if (!answer.complete) res.destroy();
    });
  });
  server.on('econnreset', () => {
    // The caller disconnected while the upstream worked, so there is no one to answer.
  });

  const attempt = (proxied: Proxied, onAway: () => void, isLast: boolean): void => {
    const { req, res, body } = proxied;
    const startedAt = performance.now();
    let isOver = false;
    const buffer =
      typeof body === 'function'
        ? new AskedBody(async () => {
            const whole = await body();
            isOver ||= whole === undefined;
            return whole;
          })
        : Readable.from(body === undefined ? [] : [body]);
    server.web(req, res, { buffer }, (error: NodeJS.ErrnoException) => {
      if (isOver || res.destroyed) return;
      isOver = true;
      const isAtOnce = performance.now() - startedAt < REPEAT_WITHIN_MS;
      if (!isLast && isAtOnce && error.code === 'ECONNRESET' && !res.headersSent) {
        attempt(proxied, onAway, true);
        return;
      }
      log.warn({ code: error.code, target: new URL(target).host }, 'an upstream did not answer');
      onAway();
    });
  };

  return {
    forward(proxied, onAway) {
      const { req, body, clientAddress } = proxied;
      const isChunked = 'transfer-encoding' in req.headers;
      forwardHeaders(req, { address: clientAddress, publicUrl });
      if (typeof body === 'function') {
        req.headers.expect = '100-continue';
        if (isChunked) req.headers['transfer-encoding'] = 'chunked';
      } else if (body !== undefined) {
        req.headers['content-length'] = String(body.byteLength);
      }
      attempt(proxied, onAway, !options.isRepeatable(req));
    },
    [Symbol.dispose]() {
      agent.destroy();
      server.removeAllListeners();
    },
  };
}
