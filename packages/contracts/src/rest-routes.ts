import { z } from 'zod';
import type { HttpMethod, ProcedureKind } from './procedures.ts';
import { things, type ScopedBy } from './ownership.ts';

/** The address of a procedure over plain HTTP. */
export interface RestRoute {
  readonly method: HttpMethod;
  /** Such as `/v1/subscriptions/{subscriptionId}/change-plan`. */
  readonly path: string;
  /** Input fields that stand in the path. */
  readonly inPath: readonly string[];
  /** Whether the other fields come as URL parameters; otherwise as a JSON body. */
  readonly isBodiless: boolean;
}

interface Routed {
  readonly kind: ProcedureKind;
  readonly scopedBy: ScopedBy;
  readonly input: z.ZodType;
  readonly http?: { readonly method: HttpMethod; readonly path: string } | undefined;
  readonly bodyPath?: string | undefined;
}

/** Text that people write, or that names them. Proxies write URLs to their logs, so commands have it in a body only. */
const WRITTEN_FIELDS = ['reason', 'requestedBy', 'approvedBy', 'email', 'note'];

/** Methods whose requests have no body. */
const BODILESS: ReadonlySet<HttpMethod> = new Set(['get', 'delete']);

/** The method that a procedure's name implies. Its name is then not in the path. */
const IMPLIED: ReadonlyMap<string, HttpMethod> = new Map([
  ['list', 'get'],
  ['get', 'get'],
  ['create', 'post'],
  ['put', 'put'],
  ['update', 'patch'],
  ['remove', 'delete'],
]);

/**
 * The route of a procedure. `subscriptions.list` is `GET /v1/subscriptions`, and `subscriptions.changePlan` is
 * `POST /v1/subscriptions/{subscriptionId}/change-plan`: the thing that a procedure is about stands in the path. A spec with
 * `http` has that route. A `remove` with a reason or another text of people is a POST.
 */
export function restRoute(namespace: string, name: string, spec: Routed): RestRoute {
  if (spec.http) return routeTo(spec.http.method, spec.http.path);
  const id = idInPath(spec);
  const base = `/v1/${kebab(namespace)}${id === undefined ? '' : `/{${id}}`}`;
  const method = IMPLIED.get(name);
  const isWritten =
    method === 'delete' && WRITTEN_FIELDS.some((field) => fieldsOf(spec).has(field));
  if (method && !isWritten) return routeTo(method, base);
  return routeTo(spec.kind === 'command' ? 'post' : 'get', `${base}/${kebab(name)}`);
}

/** The second route of a query that may also have its input in a body. */
export function bodyRoute({ bodyPath }: Pick<Routed, 'bodyPath'>): RestRoute | undefined {
  return bodyPath === undefined ? undefined : routeTo('post', bodyPath);
}

function routeTo(method: HttpMethod, path: string): RestRoute {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);
  return { method, path, inPath, isBodiless: BODILESS.has(method) };
}

/** The required id of the thing that a procedure is about. Undefined if it is about a publisher or about everything. */
function idInPath(spec: Routed): string | undefined {
  const { scopedBy } = spec;
  if (scopedBy === 'installation' || scopedBy === 'publisher') return undefined;
  const { field } = things[scopedBy];
  return fieldsOf(spec).has(field) ? field : undefined;
}

function fieldsOf({ input }: Pick<Routed, 'input'>): ReadonlySet<string> {
  return new Set(input instanceof z.ZodObject ? Object.keys(input.shape) : []);
}

/** `changePlan` as `change-plan`. */
export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
