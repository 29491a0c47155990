import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { procedureTables, publicOwners, type ProcedureOwner } from '@landfall/contracts/api';
import { examples } from '@landfall/contracts/examples';
import { createRouter, type Procedures } from '@landfall/contracts/procedures';
import { scopes, type ProcedureScope } from '@landfall/contracts/scopes';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { connectBus } from '@landfall/service-kit/bus';
import { serveProcedures } from '@landfall/service-kit/rpc';
import { operations, type Operation } from '../src/rest/operations.ts';
import {
  bootGateway,
  makeKey,
  openGatewayDatabase,
  rawRequest,
  silent,
  type Gateway,
} from './fixture.ts';

interface Example {
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: unknown;
}

interface Described {
  readonly operationId: string;
  readonly 'x-landfall-scope': ProcedureScope;
  readonly parameters?: readonly { name: string; in: string; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, { content: Record<string, { schema: object }> }>;
}

interface Document {
  readonly paths: Record<string, Record<string, Described>>;
}

const DOCUMENT = 'landfall';
/** Operations of the document that are no procedure with one answer. */
const OTHERS = ['usage.exportStatements', 'events.live'];

let resources: AsyncDisposableStack;
let gateway: Gateway;
let everything: string;
let nothing: string;
let document: Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

beforeAll(async () => {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await testDatabase({ services: ['gateway'] }));
  const nats = opened.use(await testNats());
  gateway = opened.use(
    await bootGateway({ database, nats }, { RATE_PER_KEY: '1000', RATE_PER_ADDRESS: '5000' }),
  );
  const db = opened.use(await openGatewayDatabase(database));
  everything = (await makeKey(db, scopes)).text;
  nothing = (await makeKey(db, [])).text;
  for (const owner of Object.keys(procedureTables) as ProcedureOwner[]) {
    const bus = opened.use(await connectBus({ url: nats.urlFor(owner), name: owner, log: silent }));
    opened.use(serveExamples(owner, bus));
  }
  const answer = await rawRequest(gateway, '/openapi.json');
  document = JSON.parse(answer.body) as Document;
  ajv.addSchema(document, DOCUMENT);
  resources = opened.move();
});
afterAll(() => resources.disposeAsync());

/** Every public procedure of an owner answers its example. */
function serveExamples(owner: ProcedureOwner, bus: Parameters<typeof serveProcedures>[0]['bus']) {
  const table: Procedures = procedureTables[owner];
  const handlers = Object.fromEntries(
    Object.entries(table).map(([namespace, specs]) => [
      namespace,
      Object.fromEntries(
        Object.keys(specs).map((name) => [
          name,
          async () => exampleOf(`${namespace}.${name}`)?.output as never,
        ]),
      ),
    ]),
  );
  const router = createRouter(table, handlers as never);
  return serveProcedures({ owner, router: router as never, bus, log: silent });
}

function exampleOf(id: string): Example | undefined {
  const [namespace = '', name = ''] = id.split('.');
  const all = examples as unknown as Record<string, Record<string, Example>>;
  return all[namespace]?.[name];
}

/** The request that a client makes from the document for the example. */
function requestOf({ id, route }: Operation, key: string) {
  const input = exampleOf(id)?.input ?? {};
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, field: string) =>
    encodeURIComponent(String(input[field])),
  );
  const rest = Object.entries(input).filter(([name]) => !route.inPath.includes(name));
  const query = new URLSearchParams(
    rest.flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
    ),
  );
  const body = Object.fromEntries(rest);
  const url = route.isBodiless && rest.length > 0 ? `${path}?${query.toString()}` : path;
  return {
    url,
    body,
    options: {
      method: route.method.toUpperCase(),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: route.isBodiless ? undefined : JSON.stringify(body),
    },
  };
}

function describedBy({ id, route }: Operation): Described {
  const found = document.paths[route.path]?.[route.method];
  if (!found) throw new Error(`the document does not have ${id}`);
  return found;
}

function isValid(pointer: readonly string[], value: unknown): void {
  const path = pointer.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'));
  const ref = `${DOCUMENT}#/${path.map(encodeURIComponent).join('/')}`;
  const check = ajv.compile({ $ref: ref });
  check(value);
  expect(check.errors ?? [], pointer.join(' ')).toEqual([]);
}

/** Procedures that the gateway answers itself depend on its state, so their examples may be refused. */
function isForwarded({ namespace }: Operation): boolean {
  const owners: Readonly<Record<string, string>> = publicOwners;
  return owners[namespace] !== 'gateway';
}

describe.each(operations.map((operation) => [operation.id, operation] as const))(
  '%s',
  (_id, operation) => {
    const { route, spec, id } = operation;

    test('takes what the document says and answers what it says', async () => {
      const described = describedBy(operation);
      const { url, body, options } = requestOf(operation, everything);
      const base = ['paths', route.path, route.method];
      const input = exampleOf(id)?.input ?? {};
      for (const [index, { name }] of (described.parameters ?? []).entries()) {
        if (name in input) isValid([...base, 'parameters', String(index), 'schema'], input[name]);
      }
      if (!route.isBodiless)
        isValid([...base, 'requestBody', 'content', 'application/json', 'schema'], body);

      const answer = await rawRequest(gateway, url, options);

      if (isForwarded(operation)) expect(answer.status, answer.body).toBe(200);
      expect(Object.keys(described.responses)).toContain(String(answer.status));
      const type = answer.status === 200 ? 'application/json' : 'application/problem+json';
      expect(answer.headers['content-type']).toBe(type);
      const responses = [...base, 'responses', String(answer.status)];
      isValid([...responses, 'content', type, 'schema'], JSON.parse(answer.body));
    });

    test('answers the same over tRPC', async () => {
      if (!isForwarded(operation)) return;
      const input = JSON.stringify(exampleOf(id)?.input ?? {});
      const isQuery = spec.kind === 'query';
      const answer = await rawRequest(
        gateway,
        `/trpc/${id}${isQuery ? `?input=${encodeURIComponent(input)}` : ''}`,
        {
          method: isQuery ? 'GET' : 'POST',
          headers: { authorization: `Bearer ${everything}`, 'content-type': 'application/json' },
          body: isQuery ? undefined : input,
        },
      );

      expect(answer.status, answer.body).toBe(200);
      const { result } = JSON.parse(answer.body) as { result: { data: unknown } };
      const responses = ['paths', route.path, route.method, 'responses', '200'];
      isValid([...responses, 'content', 'application/json', 'schema'], result.data);
    });

    test('is refused to a caller without its scope, which the document names', async () => {
      // The caller's own key needs no scope.
      if (spec.scope === 'any') {
        const { url, options } = requestOf(operation, nothing);
        const { status, body } = await rawRequest(gateway, url, options);
        expect(status, body).toBe(spec.isForPeople ? 403 : 200);
        return;
      }
      const { url, options } = requestOf(operation, nothing);

      const answer = await rawRequest(gateway, url, options);

      expect(describedBy(operation)['x-landfall-scope']).toBe(spec.scope);
      expect(answer.status, answer.body).toBe(403);
      expect(answer.body).toContain(spec.scope);
    });
  },
);

test('the document has these operations and no others, and every address answers other methods with 405', async () => {
  const described = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(described.toSorted()).toEqual(
    [...operations.map(({ operationId }) => operationId), ...OTHERS].toSorted(),
  );

  for (const path of Object.keys(document.paths)) {
    const url = path.replaceAll(/\{\w+\}/g, 'any');
    // `/v1/people/{subscriptionId}/name-owner` could also be a person's address.
    const taken = new Set(
      Object.entries(document.paths).flatMap(([template, item]) =>
        patternOf(template).test(url) ? Object.keys(item) : [],
      ),
    );
    const method = ['DELETE', 'PUT', 'PATCH', 'POST'].find((one) => !taken.has(one.toLowerCase()));
    const answer = await rawRequest(gateway, url, {
      method: method ?? 'OPTIONS',
      headers: { authorization: `Bearer ${everything}` },
    });
    expect(answer.status, `${method} ${url}`).toBe(405);
    expect(answer.headers['allow'], url).toBeDefined();
  }
});

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

test('a month is also one file, and events are a stream', async () => {
  const headers = { authorization: `Bearer ${everything}` };
  const file = await rawRequest(gateway, '/v1/usage/statements?month=2026-11&format=csv', {
    headers,
  });
  expect([file.status, file.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);

  const left = new AbortController();
  const events = await fetch(`${gateway.url}/v1/events`, { headers, signal: left.signal });
  expect(events.headers.get('content-type')).toBe('text/event-stream');
  left.abort();
});
