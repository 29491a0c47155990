import type { Context, MiddlewareHandler } from 'hono';
import type { ApiEnv } from '../api/http-faults.ts';
import type { RecordedCall, Recorder } from '../api/recorder.ts';
import { ENDPOINT_NAMES, endpointOf } from '../market/endpoint-names.ts';
import type { CallLog } from './call-log.ts';
import { withoutSecrets, withoutTokens } from './redact.ts';

interface Listeners {
  readonly calls: CallLog;
  /** Only for the marketplace's API; a recording has no calls of the authority. */
  readonly recorder?: Recorder;
}

/**
 * Logs every call of the marketplace's API, or of the authority's token endpoint and keys. It must
 * run before all other middleware.
 */
export function captureCalls({ calls, recorder }: Listeners): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const path = new URL(c.req.url).pathname.replace(/^\/api/, '');
    const endpoint = endpointOf(c.req.method, path);
    // People also sign in at the authority. That is not a call of the publisher's programs.
    if (endpoint === undefined && recorder === undefined) return next();
    const at = new Date().toISOString();
    const startedAt = performance.now();
    const body = await c.req.text();
    await next();
    const call = await recorded(c, path, body);
    recorder?.add(call);
    const { title, api } = endpoint
      ? ENDPOINT_NAMES[endpoint]
      : { title: 'Unknown address', api: 'Fulfillment' as const };
    calls.add({
      at,
      caller: 'publisher',
      api,
      title,
      method: call.method,
      path: `${path}${new URL(c.req.url).search}`,
      subscriptionIds: subscriptionsIn(path, call),
      status: call.answer?.status ?? null,
      error: call.answer ? null : 'the connection was cut by a fault',
      durationMs: Math.round(performance.now() - startedAt),
      request: { headers: call.headers, body: withoutSecrets(call.body) },
      response: call.answer && {
        headers: call.answer.headers,
        body: withoutSecrets(call.answer.body),
      },
    });
    return undefined;
  };
}

async function recorded(c: Context<ApiEnv>, path: string, body: string): Promise<RecordedCall> {
  const query = Object.entries(c.req.queries()).map(
    ([name, all]) => [name, all.length === 1 ? (all[0] ?? '') : all] as const,
  );
  const isDropped = c.res.headers.has('x-hono-already-sent');
  return {
    method: c.req.method,
    path,
    query: Object.fromEntries(query),
    headers: withoutTokens(c.req.header()),
    body,
    answer: isDropped
      ? null
      : {
          status: c.res.status,
          headers: Object.fromEntries(c.res.headers),
          body: await c.res.clone().text(),
        },
  };
}

const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const IN_PATH = new RegExp(`/subscriptions/(${GUID})`, 'i');
const IN_USAGE = new RegExp(`"resourceId"\\s*:\\s*"(${GUID})"`, 'gi');
const IN_PURCHASE = new RegExp(`^\\{"id":"(${GUID})"`, 'i');

/** The subscriptions that a call is about: in its path, its usage rows, or a resolved purchase. */
function subscriptionsIn(path: string, { body, answer }: RecordedCall): string[] {
  const inPath = IN_PATH.exec(path)?.[1];
  const inAnswer = path.endsWith('/resolve')
    ? IN_PURCHASE.exec(answer?.body ?? '')?.[1]
    : undefined;
  const inRows = [...body.matchAll(IN_USAGE)].map(([, id]) => id);
  const all = [inPath, inAnswer, ...inRows].flatMap((id) => (id ? [id.toLowerCase()] : []));
  return [...new Set(all)];
}
