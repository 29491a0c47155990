import { publicProcedures } from '@landfall/contracts/api';
import type { Procedures } from '@landfall/contracts/procedures';
import { bodyRoute, restRoute, type RestRoute } from '@landfall/contracts/rest-routes';

type Spec = Procedures[string][string];

/** A public query or command, and the route at which plain HTTP reaches it. */
export interface Operation {
  /** Such as `subscriptions.changePlan`; also its path over tRPC. */
  readonly id: string;
  /** Its name in the OpenAPI document. It differs from `id` for the second route of a procedure. */
  readonly operationId: string;
  readonly namespace: string;
  readonly name: string;
  readonly spec: Spec;
  readonly route: RestRoute;
}

export const operations: readonly Operation[] = Object.entries(
  publicProcedures as Procedures,
).flatMap(([namespace, specs]) =>
  Object.entries(specs)
    // Streams have a route of their own.
    .filter(([, { kind }]) => kind !== 'stream')
    .flatMap(([name, spec]) => {
      const id = `${namespace}.${name}`;
      const route = restRoute(namespace, name, spec);
      const first = { id, namespace, name, spec, operationId: id, route };
      const second = bodyRoute(spec);
      if (!second) return [first];
      const operationId = `${namespace}.${second.path.split('/').at(-1)}`;
      return [first, { ...first, operationId, route: second }];
    }),
);

export interface Found {
  readonly operation: Operation;
  /** The fields of the input that stand in the path. */
  readonly inPath: Readonly<Record<string, string>>;
}

/** The operation of a request, or the methods that the path has. No methods: the path does not exist. */
export function findOperation(method: string, path: string): Found | { readonly allow: string[] } {
  // A path without fields is more exact than one whose field could have the same text.
  const parts = path.split('/');
  const here = matchers.flatMap(({ operation, match }) => {
    const inPath = match(parts);
    return inPath ? [{ operation, inPath }] : [];
  });
  const wanted = method.toLowerCase();
  const found = here.find(({ operation }) => operation.route.method === wanted);
  if (found) return found;
  const methods = here.map(({ operation }) => operation.route.method.toUpperCase());
  return {
    allow: [...new Set(methods.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : name)))],
  };
}

const matchers = operations
  .toSorted((a, b) => a.route.inPath.length - b.route.inPath.length)
  .map((operation) => ({ operation, match: matcherOf(operation.route.path) }));

function matcherOf(
  template: string,
): (given: readonly string[]) => Record<string, string> | undefined {
  const parts = template.split('/').map((part) => ({ part, field: /^\{(\w+)\}$/.exec(part)?.[1] }));
  return (given) => {
    if (given.length !== parts.length) return undefined;
    const inPath: Record<string, string> = {};
    for (const [index, { part, field }] of parts.entries()) {
      const text = given[index] ?? '';
      if (field === undefined) {
        if (text !== part) return undefined;
        continue;
      }
      const value = decode(text);
      if (value === undefined || value === '') return undefined;
      inPath[field] = value;
    }
    return inPath;
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
