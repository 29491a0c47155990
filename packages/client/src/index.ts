import type { CallOptions, CommandOptions, Landfall } from './api.ts';
import { createCalls } from './calls.ts';
import { connectionOf, type LandfallOptions } from './connection.ts';
import { listen } from './listening.ts';

export type * from './api.ts';
export type { LandfallOptions } from './connection.ts';

/**
 * Creates a client of Landfall's API. Each procedure is a typed object:
 * - a query: `landfall.subscriptions.get.query({ subscriptionId })`;
 * - a list, page by page or item by item: `for await (const one of landfall.subscriptions.list.each({}))`;
 * - a command: `landfall.subscriptions.cancel.mutate({ … })`;
 * - a stream: `for await (const event of landfall.events.live.listen({}))`.
 *
 * A call is sent again after a network failure, and when Landfall answers that it should be tried later, within `timeoutMs` and
 * at most `maxAttempts` times. Commands carry an idempotency key, so they are carried out once. A call that fails for
 * good throws; `errorDetails` of `@landfall/client/errors` reads the codes.
 */
export function createLandfallClient(options: LandfallOptions): Landfall {
  const connection = connectionOf(options);
  const send = createCalls(connection);
  const procedureAt = (path: string) => ({
    query: (input: unknown, given?: CallOptions) => send('query', path, { input, options: given }),
    mutate: (input: unknown, given?: CommandOptions) =>
      send('mutation', path, { input, options: given }),
    each: (input: object, given?: CallOptions) =>
      itemsOf((page) => send('query', path, { input: page, options: given }), input),
    listen: (input: Parameters<typeof listen>[1], given?: CallOptions) =>
      listen(connection, input, given),
  });
  const namespaces = byName((namespace) => byName((name) => procedureAt(`${namespace}.${name}`)));
  // Every name exists. TypeScript knows the right ones, and Landfall answers 404 to any other.
  return namespaces as unknown as Landfall;
}

/** An object whose properties are made when they are first read. */
function byName<Value>(make: (name: string) => Value): Readonly<Record<string, Value>> {
  const made = new Map<string, Value>();
  return new Proxy<Record<string, Value>>(
    {},
    {
      get(_target, name) {
        // `await client` must not call a procedure named `then`.
        if (typeof name !== 'string' || name === 'then') return undefined;
        const value = made.get(name) ?? make(name);
        made.set(name, value);
        return value;
      },
    },
  );
}

interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

/** The items of all pages. A page is read when its first item is wanted. */
async function* itemsOf(read: (input: object) => Promise<unknown>, input: object): AsyncGenerator {
  for (let cursor: string | undefined; ;) {
    const page = (await read(cursor === undefined ? input : { ...input, cursor })) as Page;
    yield* page.items;
    if (page.nextCursor === undefined) return;
    cursor = page.nextCursor;
  }
}
