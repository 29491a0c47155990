import type { IncomingMessage, ServerResponse } from 'node:http';
import { callTRPCProcedure, getTRPCErrorFromUnknown } from '@trpc/server';
import { idempotencyKey } from '../commands/idempotent.ts';
import { hasBody, readBody } from '@landfall/service-kit/http-body';
import { auditForms } from '../audit/export.ts';
import { subscriptionForms } from '../subscriptions/csv-export.ts';
import { usageForms } from '../usage/usage-route.ts';
import { findOperation, operations, type Found } from './operations.ts';
import { badRequest, bodyProblem, problemOf, refusal, refuse, sendJson } from './problem.ts';
import type { RestRequest, RestRouteParts } from './rest-request.ts';
import { inputFromBody, inputFromUrl, type Input } from './read-input.ts';

/** The largest call is a batch of 1,000 usage records with about 250 KB. */
const MAX_JSON_BYTES = 1024 * 1024;

/** Routes that are no procedures, or take and give other forms than JSON. */
const forms = { ...usageForms, ...auditForms, ...subscriptionForms };

const REST_PATH = '/v1';

export function isRestPath(path: string): boolean {
  return path === REST_PATH || path.startsWith(`${REST_PATH}/`);
}

/** The paths, for the metrics. Paths without fields come first, because the first match counts. */
export const restPaths: readonly string[] = [
  ...Object.keys(forms).map((form) => form.split(' ', 2)[1] ?? ''),
  ...operations
    .map(({ route }) => route)
    .toSorted((a, b) => a.inPath.length - b.inPath.length)
    .map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1')),
];

/**
 * The API over plain HTTP, at the path and method that each procedure's `restRoute` says. Calls go through the same router
 * as over tRPC, so scopes, ownership, limits and the audit log are the same. Errors are problems (RFC 9457). The caller is
 * checked before the body is read, and before the answer can depend on path or input.
 */
export function createRestRoute(parts: RestRouteParts) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const { pathname: path, searchParams: query } = new URL(req.url ?? '/', 'http://localhost');
    const again = () => parts.admit(req, gone.signal);
    try {
      const admitted = await again();
      const header = req.headers['idempotency-key'];
      const call = { ...admitted, idempotencyKey: idempotencyKey(header?.toString()) };
      const request = { parts, req, res, query, call, again };
      const method = req.method === 'HEAD' ? 'GET' : (req.method ?? 'GET');
      const form = forms[`${method} ${path}`];
      if (form) return await form(request);
      const found = findOperation(method, path);
      if ('allow' in found) return refuseRoute(req, res, [...found.allow, ...formsAt(path)]);
      await answer(request, found);
    } catch (error) {
      refuse(req, res, problemOf(error));
    }
  };
}

/** Calls the operation and sends its answer. */
async function answer(request: RestRequest, { operation, inPath }: Found): Promise<void> {
  const { req, res } = request;
  const given = await inputOf(request, { operation, inPath });
  if ('problem' in given) return refuse(req, res, given.problem);
  sendJson(res, await run(request, { path: operation.id, input: given.input }));
}

async function inputOf(request: RestRequest, { operation, inPath }: Found): Promise<Input> {
  const { parts, req, res, query } = request;
  const { spec, route } = operation;
  if (route.isBodiless) {
    if (hasBody(req))
      return { problem: badRequest(`${req.method} takes URL parameters and no body.`) };
    if (spec.bodyPath !== undefined && query.values().some((value) => value.includes('@'))) {
      const detail = `A person's address must not stand in a URL, because proxies keep URLs. Use POST ${spec.bodyPath}, with the same fields in a JSON body.`;
      return { problem: badRequest(detail) };
    }
    return inputFromUrl(spec.input, { query, inPath });
  }
  const [parameter] = query.keys();
  if (parameter !== undefined) {
    const detail = `Send "${parameter.slice(0, 60)}" in the JSON body. This address takes no URL parameters.`;
    return { problem: badRequest(detail) };
  }
  const reserve = parts.bodies.reserveFor(res, req.headers.authorization);
  const body = await readBody(req, MAX_JSON_BYTES, reserve);
  if (body === 'too-large' || body === 'no-room') return { problem: bodyProblem(body) };
  return inputFromBody(body, { contentType: req.headers['content-type'], inPath });
}

/** Calls a procedure of the router, as tRPC does. */
async function run(
  { parts, call }: RestRequest,
  { path, input }: { readonly path: string; readonly input: unknown },
): Promise<unknown> {
  const { router, onError } = parts;
  const kind = operations.find(({ id }) => id === path)?.spec.kind;
  const type = kind === 'query' ? 'query' : 'mutation';
  try {
    return await callTRPCProcedure({
      router,
      path,
      type,
      ctx: call,
      getRawInput: async () => input,
      signal: call.signal,
      batchIndex: 0,
    });
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    onError({ error, ctx: call, path, type, input });
    throw error;
  }
}

/** The methods of an address that only has a form of its own. */
function formsAt(path: string): readonly string[] {
  const forms = Object.keys(usageForms).map((form) => form.split(' ', 2));
  return forms.flatMap(([method, at]) =>
    at === path && method === 'GET' && !operations.some(({ route }) => route.path === path)
      ? ['GET', 'HEAD']
      : [],
  );
}

function refuseRoute(req: IncomingMessage, res: ServerResponse, allow: readonly string[]): void {
  const where = 'The OpenAPI document at /openapi.json lists every address; /docs shows it.';
  if (allow.length === 0)
    return refuse(req, res, refusal('NOT_FOUND', `There is nothing at this address. ${where}`));
  res.setHeader('allow', allow.join(', '));
  const detail = `This address accepts only ${allow.join(', ')}. ${where}`;
  refuse(req, res, refusal('METHOD_NOT_SUPPORTED', detail));
}
