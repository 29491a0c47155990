import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Fault } from '@landfall/domain/fault';
import { createBodyBudget, type BodyBudget } from './body-budget.ts';
import { acceptCorrelationId, withCorrelation } from '../log/correlation.ts';
import { appHandler, type AppRules, type FetchApp } from './app.ts';
import { boundConnections, type AddressBound } from './connections.ts';
import { directHandler, failure, send, type AdmitDirect } from './direct.ts';
import { declaredLength } from './message-body.ts';
import { canonicalPath, originForm } from './target.ts';
import {
  answerMetrics,
  measureRequest,
  routeFinder,
  templatesOf,
  type RouteTemplates,
} from './metrics.ts';
import { requestSpan } from './request-span.ts';
import { answerUnreadable } from './unreadable.ts';
import type { Logger } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';

/**
 * Connections that wait to be accepted. The system silently drops further ones, and TCP then tries again only after
 * one, three and seven seconds. Linux limits this by net.core.somaxconn, which is 4096 by default.
 */
const ACCEPT_BACKLOG = 4096;
/** A client that needs longer to send its headers is broken or hostile (slow loris). */
const HEADERS_TIMEOUT_MS = 10_000;
/** Limit for the whole request. Bodies are small, so a slower sender would only occupy a socket. */
const REQUEST_TIMEOUT_MS = 30_000;
/** The time for a streamed request: enough for a file of a hundred megabytes over a slow connection. */
const STREAM_TIMEOUT_MS = 30 * 60_000;
/** Longer than the usual 60 s of load balancers, so that the load balancer closes first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/**
 * A connection with an open request on which nothing moves for this long is closed: its client does not read the answer.
 * Longer than any answer takes to begin. Streams send something more often.
 */
const IDLE_TIMEOUT_MS = 60_000;
/** The code under which Node reports a request that took too long. */
const TIMEOUT_CODE = 'ERR_HTTP_REQUEST_TIMEOUT';
/** How often Node checks for requests that exceed these two limits. */
const TIMEOUT_CHECK_MS = 5000;
/** Enough for every JSON body of the API; a batch of 1,000 usage records is about 250 KB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Node's default of 16 KB would refuse a long token together with a proxy's headers. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Probes come every few seconds. A dependency that needs longer to answer is not ready. */
const READINESS_TIMEOUT_MS = 3000;
/** Time for open requests at shutdown. Shorter than the drain deadline of the process. */
const DRAIN_TIMEOUT_MS = 8000;
/** Enough to recognise a route. Longer paths come from scanners. */
const MAX_LOGGED_PATH = 200;
/** Longer than any id: ids are GUIDs, and the procedures of a batch are separated by commas and dots. */
const LONG_PART = /[^/,.]{41,}/g;

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Each dependency by name; true if it answers. */
export type Readiness = Record<string, boolean>;

export interface HttpOptions {
  /** Default: answers 404 to everything. */
  readonly app?: FetchApp | undefined;
  readonly host: string;
  /** 0 chooses a free port. */
  readonly port: number;
  readonly log: Logger;
  /** What `/readyz` reports. It answers 503 while one of these is false, unless it is `spared`. */
  readonly ready: () => Promise<Readiness>;
  /** Dependencies without which the service still takes what must not be lost. */
  readonly spared?: readonly string[] | undefined;
  /** Gets each request first, as Node's own objects (for a proxy). Returns true if it answers. */
  readonly raw?: ((req: IncomingMessage, res: ServerResponse) => boolean) | undefined;
  /**
   * Gets each request before `raw`, decides on it by its headers, and answers it without Fetch objects. It is for
   * frequent, short requests, for which these objects would be a large part of the cost.
   */
  readonly direct?: AdmitDirect | undefined;
  /** Decides on a request for `app` by its headers, before its body is read. */
  readonly admit?: AppRules['admit'];
  /** Counts requests, and is served at `/metrics` unless the server is public. */
  readonly metrics?: Metrics | undefined;
  /** True for the server that is reachable from outside. It does not serve `/metrics`. */
  readonly isPublic?: boolean | undefined;
  /** Route templates of `raw`, for the metrics. Those of a Hono application are known. */
  readonly routes?: RouteTemplates | undefined;
  /**
   * Matches paths (in canonical spelling) with callers that read a 4xx as our decision. An unreadable request to
   * such a path is answered 503.
   */
  readonly isNeverRefused?: ((path: string) => boolean) | undefined;
  /** Matches requests whose body is read as it arrives, without the usual limits of size and time. `raw` answers them. */
  readonly isStreamed?: ((req: IncomingMessage) => boolean) | undefined;
  /** Time for a request that is not streamed, with its body. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long nothing may move on a connection with an open request. */
  readonly idleTimeoutMs?: number | undefined;
  /** Limits declared lengths for all requests, and chunked bodies for requests of `app` and `direct`. */
  readonly maxBodyBytes?: number | undefined;
  /** Memory budget for bodies of `app` and `direct`. Default: a budget of its own. */
  readonly bodies?: BodyBudget | undefined;
  /** Absent: unlimited, for a server whose callers all come from one of our own addresses. */
  readonly connectionsPerAddress?: AddressBound | undefined;
}

/**
 * Serves an application with what every service needs: `/healthz`, `/readyz`, `/metrics`, a correlation id (taken
 * from `x-correlation-id` or created, and sent back), one log line per request (path without query), time-outs, a body
 * limit (413), and a close that waits for open requests. An error of the application is logged and answered 500
 * without detail.
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { app = notFound, host, port, log, metrics, maxBodyBytes = MAX_BODY_BYTES } = options;
  const routeOf = routeFinder(options.routes ?? templatesOf(app));
  let isDraining = false;
  const { isPublic = false } = options;
  const { admit, bodies = createBodyBudget(), requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const waiting = new WeakSet<ServerResponse>();
  const askForBody = (res: ServerResponse): void => {
    if (!waiting.delete(res) || res.headersSent) return;
    if (!isDraining) res.removeHeader('connection');
    res.writeContinue();
  };
  const rules = { log, maxBodyBytes, admit, bodies, askForBody };
  const direct = options.direct && directHandler(options.direct, rules);
  const handle = appHandler(app, rules);
  const answerApp = getRequestListener((request, env) => handle(request, env as HttpBindings));

  const isNeverRefused = (target: string): boolean =>
    options.isNeverRefused?.(canonicalPath(target)) ?? false;
  const targets = new WeakMap<Duplex, string>();

  const answer = (
    req: IncomingMessage,
    res: ServerResponse,
    { path, mayRefuse }: { readonly path: string; readonly mayRefuse: boolean },
  ): void => {
    if (isDraining) res.setHeader('connection', 'close');
    // Frameworks build URLs from the host header. Landfall does not trust it, so a fixed value is harmless.
    if (!mayRefuse) req.headers.host = 'localhost';
    else if (!hasOneHost(req)) return refuse(res, 400, 'host-not-one');
    req.headers.host ??= 'localhost';
    if (path === '/metrics' && metrics && !isPublic) return answerMetrics(metrics, req, res);
    if (path === '/healthz') return send(res, { status: 200, json: { alive: true } });
    if (path === '/readyz') return void answerReady(res, isDraining ? { ready: drained } : options);
    const isStreamed = options.isStreamed?.(req) ?? false;
    if (options.isStreamed && !isStreamed) boundTime(server, req, requestTimeoutMs);
    if (!isStreamed && declaredLength(req) > maxBodyBytes)
      return refuse(res, 413, 'body-too-large');
    if (direct?.(req, res)) return;
    if (options.raw?.(req, res)) return askForBody(res);
    void answerApp(req, res);
  };

  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      // `boundTime` has the shorter limit of requests that are not streamed.
      requestTimeout: options.isStreamed ? STREAM_TIMEOUT_MS : requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // `hasOneHost` checks the header instead, except on paths that are never refused.
      requireHostHeader: false,
    },
    (req, res) => {
      const startedAt = performance.now();
      const { socket } = req;
      const target = originForm(req.url ?? '/');
      req.url = target;
      targets.set(socket, target);
      const path = pathOf(target);
      const mayRefuse = !isNeverRefused(path);
      const id = adoptCorrelationId(req, res);
      const span = requestSpan(req, res, { isPublic, isProbe: isProbe(path) });
      res.once('close', () => {
        targets.delete(socket);
        const ms = performance.now() - startedAt;
        const route = routeOf(mayRefuse ? path : canonicalPath(path));
        if (metrics) span.run(() => measureRequest(metrics, { route, res, ms }));
        span.end(route);
        logRequest(log, { req, res, path, correlationId: id, ms });
        // Otherwise a connection that was busy when the server closed would stay open and idle.
        if (isDraining) setImmediate(() => server.closeIdleConnections());
      });
      span.run(() => withCorrelation(id, () => answer(req, res, { path, mayRefuse })));
    },
  );
  // RFC 9110 section 10.1.1: a client that is not asked for its body may still send it. After an answer without
  // asking, it is therefore unknown where the next request begins, so the connection is closed.
  server.on('checkContinue', (req, res) => {
    waiting.add(res);
    res.setHeader('connection', 'close');
    server.emit('request', req, res);
  });
  // Node would answer 417 to an unknown expectation. We ignore the expectation and serve the request.
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  answerUnreadable(server, {
    targetOf: (socket) => targets.get(socket),
    isNeverRefused: options.isNeverRefused && isNeverRefused,
    log,
  });
  server.timeout = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
  boundConnections(server, { log, perAddress: options.connectionsPerAddress });
  await listen(server, { host, port });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: `http://${isIPv6(address.address) ? `[${address.address}]` : address.address}:${address.port}`,
    async [Symbol.asyncDispose]() {
      isDraining = true;
      await close(server);
    },
  };
}

/** Ends a request whose body has not arrived in time, as Node does with its own limit. */
function boundTime(server: Server, req: IncomingMessage, limitMs: number): void {
  const late = setTimeout(() => {
    // It has arrived, even if no one reads its body, for example because it has none.
    if (req.complete) return;
    const error = Object.assign(new Error('the request took too long'), { code: TIMEOUT_CODE });
    server.emit('clientError', error, req.socket);
  }, limitMs).unref();
  req.once('end', () => clearTimeout(late));
  req.once('close', () => clearTimeout(late));
}

const notFound: FetchApp = () => new Response(null, { status: 404 });

const drained = async (): Promise<Readiness> => ({ accepting: false });

async function answerReady(
  res: ServerResponse,
  { ready, spared }: Pick<HttpOptions, 'ready' | 'spared'>,
): Promise<void> {
  const late = delay(READINESS_TIMEOUT_MS, { answered: false }, { ref: false });
  const checks = await Promise.race([ready(), late]).catch(() => ({ answered: false }));
  const isReady = Object.entries(checks).every(([name, is]) => is || spared?.includes(name));
  send(res, { status: isReady ? 200 : 503, json: { ready: isReady, checks } });
}

/** The body is not read, so the connection cannot carry another request. */
function refuse(res: ServerResponse, status: number, error: string): void {
  res.setHeader('connection', 'close');
  send(res, failure(status, error));
}

/** RFC 9112 section 3.2. With two host headers, a proxy in front may have used the other one. */
function hasOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

/** Also sets the id in the request's own headers, which the proxy forwards. */
function adoptCorrelationId(req: IncomingMessage, res: ServerResponse): string {
  const offered = req.headers['x-correlation-id'];
  const id = acceptCorrelationId(Array.isArray(offered) ? undefined : offered);
  if (id !== offered) {
    const { rawHeaders } = req;
    for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
      if (rawHeaders[i]?.toLowerCase() === 'x-correlation-id') rawHeaders.splice(i, 2);
    }
    rawHeaders.push('x-correlation-id', id);
    req.headers['x-correlation-id'] = id;
  }
  res.setHeader('x-correlation-id', id);
  return id;
}

function logRequest(
  log: Logger,
  request: {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly path: string;
    readonly correlationId: string;
    readonly ms: number;
  },
): void {
  const { req, res, path, correlationId, ms } = request;
  const line = {
    correlationId,
    method: req.method,
    path: loggedPath(path),
    status: res.statusCode,
    ms: Math.round(ms * 10) / 10,
    ...(res.writableFinished ? {} : { aborted: true }),
  };
  if (isProbe(path)) log.debug(line, 'request');
  else log.info(line, 'request');
}

function isProbe(path: string): boolean {
  return path === '/healthz' || path === '/readyz' || path === '/metrics';
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

/** The path without parts that are longer than any id, because someone may have put a purchase token into the path. */
function loggedPath(path: string): string {
  return path.replace(LONG_PART, '…').slice(0, MAX_LOGGED_PATH);
}

async function listen(server: Server, where: { host: string; port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: where.host, port: where.port, backlog: ACCEPT_BACKLOG }, resolve);
  try {
    await promise;
  } catch (cause) {
    const message = `cannot listen on ${where.host}:${where.port}; set HTTP_PORT to a free port`;
    throw new Fault('http.cannot-listen', message, { retry: 'never', cause });
  }
  server.removeListener('error', reject);
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
  await promise;
  clearTimeout(deadline);
}
