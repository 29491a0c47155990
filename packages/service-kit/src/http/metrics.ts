import type { ServerResponse } from 'node:http';
import { metrics as table } from '@landfall/contracts/metrics';
import type { Metrics } from '../metrics/metrics.ts';

/** Of serveHttp itself, the same everywhere. */
const OWN_ROUTES = ['/healthz', '/readyz', '/metrics'];
/** What is asked for and is no route: a scanner's paths are without number. */
const NO_ROUTE = 'other';

/** Routes as templates: `/landing/p/:publisherId`, `/trpc/*`. */
export type RouteTemplates = readonly string[];

/** Counts each request by the template of its route, never by its path. */
export function requestMeter(
  metrics: Metrics,
  templates: RouteTemplates,
): (res: ServerResponse, path: string) => void {
  const routes = [...OWN_ROUTES, ...new Set(templates)].map((template) => ({
    template,
    pattern: patternOf(template),
  }));
  return (res, path) => {
    const startedAt = performance.now();
    res.once('close', () => {
      const route = routes.find(({ pattern }) => pattern.test(path))?.template ?? NO_ROUTE;
      const status = res.writableFinished ? String(res.statusCode) : 'http.aborted';
      metrics.observe(table.httpRequest, { route, status }, performance.now() - startedAt);
    });
  };
}

/** The templates of a Hono application; none for a plain function. */
export function templatesOf(app: unknown): RouteTemplates {
  if (typeof app !== 'object' || app === null || !('routes' in app)) return [];
  const routes = app.routes as readonly { readonly path: string; readonly method: string }[];
  // Middleware stands at wildcards and would take every path.
  return routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path);
}

/** Answers `/metrics`; what cannot be rendered is 500, which the scraper counts as down. */
export function answerMetrics(metrics: Metrics, res: ServerResponse): void {
  metrics.render().then(
    (text) => {
      res.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
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
