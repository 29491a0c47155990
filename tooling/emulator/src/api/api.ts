import { randomUUID } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import type { CallLog } from '../calls/call-log.ts';
import { captureCalls } from '../calls/capture.ts';
import { apiChecks } from './checks.ts';
import { fulfillmentRoutes } from './fulfillment-routes.ts';
import type { ApiEnv } from './http-faults.ts';
import type { Market } from '../market/market.ts';
import { meteringRoutes } from './metering-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import type { Recorder } from './recorder.ts';
import type { TokenIssuer } from '../authority/tokens.ts';

/**
 * The marketplace's REST API: fulfillment, operations and metering, as strict as the real one.
 * @param parts the base URL of links in answers, the recorder for tests, and the log of calls
 */
export function createApi(
  market: Market,
  issuer: TokenIssuer,
  parts: { readonly baseUrl: string; readonly recorder: Recorder; readonly calls: CallLog },
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>({ strict: false });
  app.use(captureCalls(parts));
  app.use(requestIds());
  const checks = apiChecks(market, issuer);
  app.route('/saas/subscriptions', fulfillmentRoutes(market, parts.baseUrl, checks));
  app.route('/saas/subscriptions', operationRoutes(market, checks));
  app.route('/', meteringRoutes(market, checks));
  app.notFound((c) => c.json({ code: 'NotFound', message: 'No such resource.' }, 404));
  app.onError((_, c) =>
    c.json(
      { error: { code: 'UnexpectedError', message: 'An unexpected error has occurred.' } },
      500,
    ),
  );
  return app;
}

function requestIds(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const requestId = c.req.header('x-ms-requestid') ?? randomUUID();
    c.set('requestId', requestId);
    await next();
    // A dropped connection has no headers.
    if (c.res.headers.has('x-hono-already-sent')) return;
    c.res.headers.set('x-ms-requestid', requestId);
    c.res.headers.set('x-ms-correlationid', c.req.header('x-ms-correlationid') ?? randomUUID());
  };
}
