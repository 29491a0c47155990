import type { IncomingMessage, ServerResponse } from 'node:http';
import { metrics as table } from '@landfall/contracts/metrics';
import { contentTypes, formatFor } from '../metrics/formats.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** Routes that `serveHttp` adds to every service. */
const OWN_ROUTES = ['/healthz', '/readyz', '/metrics'];
/** Label for every path that is not a route, because scanners try countless paths. */
const NO_ROUTE = 'other';

/** Routes as templates: `/landing/p/:publisherId`, `/trpc/*`. */
export type RouteTemplates = readonly string[];

/** Finds the template of a path's route. Paths themselves are never used as names, because they may hold a token or an id. */
export function routeFinder(templates: RouteTemplates): (path: string) => string {
  const all = [...OWN_ROUTES, ...new Set(templates)];
  const patterns = all.map((template) => ({ template, pattern: patternOf(template) }));
  const routeOf = (path: string): string =>
    patterns.find(({ pattern }) => pattern.test(path))?.template ?? NO_ROUTE;
  // Most requests are for a route without fields. Its path is its template, so it needs no search.
  const known = new Map(all.filter((path) => routeOf(path) === path).map((path) => [path, path]));
  return (path) => known.get(path) ?? routeOf(path);
}

/** Counts a request that took `ms`. */
export function measureRequest(
  metrics: Metrics,
  { route, res, ms }: { readonly route: string; readonly res: ServerResponse; readonly ms: number },
): void {
  const status = res.writableFinished ? String(res.statusCode) : 'http.aborted';
  metrics.observe(table.httpRequest, { route, status }, ms);
}

/** The templates of a Hono application; none for a plain function. */
export function templatesOf(app: unknown): RouteTemplates {
  if (typeof app !== 'object' || app === null || !('routes' in app)) return [];
  const routes = app.routes as readonly { readonly path: string; readonly method: string }[];
  // Middleware is registered on wildcards, which would match every path.
  return routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path);
}

/** Answers `/metrics` in the format that is asked for. If rendering fails, it answers 500, which Prometheus counts as down. */
export function answerMetrics(metrics: Metrics, req: IncomingMessage, res: ServerResponse): void {
  const format = formatFor(req.headers.accept);
  metrics.render(format).then(
    (text) => {
      res.writeHead(200, { 'content-type': contentTypes[format], 'cache-control': 'no-store' });
      res.end(text);
    },
    () => res.writeHead(500).end(),
  );
}

function patternOf(template: string): RegExp {
  const parts = template.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/')}/?$`);
}
