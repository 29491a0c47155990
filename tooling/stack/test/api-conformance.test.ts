import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FormatsPlugin } from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '@landfall/contracts/examples';
import { ScenarioFixture } from '../src/fixture/scenario-fixture.ts';
import { buyAndActivate } from '../src/scenarios/buying.ts';
import { startStackFixture, type StackFixture } from './stack-fixture.ts';

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Record<string, { content: Record<string, { schema: object }> }>;
}

interface Operation extends Described {
  readonly path: string;
  readonly method: string;
}

type Example = { readonly input: Readonly<Record<string, unknown>> };

/** A stream never ends, and a file is no JSON. */
const OTHERS = new Set(['events.live', 'usage.exportStatements']);
const DOCUMENT = 'landfall';
const EXAMPLE_SUBSCRIPTION = examples.subscriptions.get.input.subscriptionId;

describe('the API of a running stack', () => {
  let stack: StackFixture;
  let origin: string;
  let subscriptionId: string;
  let operations: Operation[];
  const ajv = new Ajv2020({ strict: false, allErrors: true });

  beforeAll(async () => {
    // The package is CommonJS, and its types say that it is not.
    const addFormats = createRequire(import.meta.url)('ajv-formats') as FormatsPlugin;
    addFormats(ajv);
    stack = await startStackFixture();
    ({ origin } = new URL(stack.client.stack.trpcUrl));
    const fixture = new ScenarioFixture(stack.client, 'the API', () => undefined);
    subscriptionId = await buyAndActivate(fixture, {
      offerId: 'analytics',
      planId: 'starter',
      beneficiary: 'ada',
    });
    const document = (await (await fetch(`${origin}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Described>>;
    };
    ajv.addSchema(document, DOCUMENT);
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, described]) => Object.assign({ path, method }, described)),
    );
  });

  afterAll(() => stack[Symbol.asyncDispose]());

  /** The input of the example, about the subscription that exists here. */
  function inputOf({ operationId }: Operation): Record<string, unknown> {
    const [namespace = '', name = ''] = operationId.split('.');
    const all = examples as unknown as Record<string, Record<string, Example>>;
    const { publisherId: _, ...input } = all[namespace]?.[name]?.input ?? {};
    return JSON.parse(
      JSON.stringify(input).replaceAll(EXAMPLE_SUBSCRIPTION, subscriptionId),
    ) as Record<string, unknown>;
  }

  async function call(operation: Operation): Promise<Response> {
    const input = inputOf(operation);
    const inPath = new Set(
      operation.parameters?.filter((one) => one.in === 'path').map(({ name }) => name),
    );
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, field: string) =>
      encodeURIComponent(String(input[field])),
    );
    const rest = Object.entries(input).filter(([name]) => !inPath.has(name));
    const query = new URLSearchParams(
      rest.flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      ),
    );
    const hasBody = operation.requestBody !== undefined;
    return fetch(`${origin}${path}${hasBody ? '' : `?${query.toString()}`}`, {
      method: operation.method.toUpperCase(),
      headers: {
        authorization: `Bearer ${stack.client.stack.operatorApiKey}`,
        'content-type': 'application/json',
      },
      ...(hasBody ? { body: JSON.stringify(Object.fromEntries(rest)) } : {}),
    });
  }

  test('answers every operation of its OpenAPI document as the document says', async () => {
    const wrong: string[] = [];
    for (const operation of operations.filter(({ operationId }) => !OTHERS.has(operationId))) {
      const { path, method, operationId, responses } = operation;
      const answer = await call(operation);
      const body: unknown = await answer.json();
      const type = answer.headers.get('content-type') ?? '';
      const pointer = ['paths', path, method, 'responses', String(answer.status), 'content', type];
      if (!responses[String(answer.status)]?.content[type]) {
        wrong.push(`${operationId}: ${answer.status} ${type} ${JSON.stringify(body)}`);
        continue;
      }
      const parts = [...pointer, 'schema'].map((part) =>
        encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
      );
      const check = ajv.compile({ $ref: `${DOCUMENT}#/${parts.join('/')}` });
      if (!check(body)) wrong.push(`${operationId}: ${ajv.errorsText(check.errors)}`);
      // A list may be empty, but it is never refused.
      const isList = operationId.endsWith('.list');
      if (isList && answer.status !== 200) wrong.push(`${operationId}: ${JSON.stringify(body)}`);
    }
    expect(wrong).toEqual([]);
  });
});
