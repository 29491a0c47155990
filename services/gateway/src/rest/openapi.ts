import { z } from 'zod';
import {
  createDocument,
  type CreateDocumentOptions,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { changeAccepted, operationView } from '@landfall/contracts/change-view';
import { deliveryView, destinationView } from '@landfall/contracts/delivery-procedures';
import { examples } from '@landfall/contracts/examples';
import { liveProcedures } from '@landfall/contracts/live-events';
import { notificationView } from '@landfall/contracts/ingest-procedures';
import { offerPage } from '@landfall/contracts/offer-page';
import { planView } from '@landfall/contracts/plan-view';
import { decisionPolicy } from '@landfall/contracts/policy';
import { statement } from '@landfall/contracts/proof-procedures';
import { reconciliationRun } from '@landfall/contracts/reconciliation-procedures';
import { rejectionCodes } from '@landfall/contracts/rejections';
import { subscriptionView } from '@landfall/contracts/subscription-view';
import { usageHour, usageRecord, usageVerdict } from '@landfall/contracts/usage-procedures';
import { SESSION_COOKIE } from '../api/admission.ts';
import { operations, type Operation } from './operations.ts';
import { fieldsOf } from './read-input.ts';
import manifest from '../../package.json' with { type: 'json' };
import { tagDescriptions } from './tags.ts';

/** The OpenAPI 3.1 document of the whole API, computed from the table of procedures. */
export function openApiDocument(publicUrl: string): object {
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Landfall',
        version: manifest.version,
        description:
          'Subscriptions, usage and notifications of SaaS offers in the Microsoft commercial marketplace. The same ' +
          'procedures are served over tRPC at `/trpc`. Errors are problems (RFC 9457) with stable codes.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: new URL(publicUrl).origin }],
      security: [{ apiKey: [] }, { session: [] }],
      tags: [...new Set(operations.map(({ namespace }) => namespace)), 'events'].map((name) => ({
        name,
        description: tagDescriptions.get(name) ?? `Procedures of \`${name}\`.`,
      })),
      paths: pathsOf(),
      components: {
        schemas,
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `lf_…`.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: `__Host-${SESSION_COOKIE}`,
            description: 'A person who is signed in to the console.',
          },
        },
      },
    },
    OPTIONS,
  );
  return document;
}

const issue = z.object({ path: z.string(), message: z.string() });

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  rejection: z.enum(Object.keys(rejectionCodes)).optional(),
  fault: z.string().optional(),
  issues: z.array(issue).optional(),
  retryAfterMs: z.number().optional(),
  correlationId: z.string().optional(),
});

/** Schemas with a name in the document. The others are written out where they are used. */
const schemas = {
  Change: changeAccepted,
  DecisionPolicy: decisionPolicy,
  Delivery: deliveryView,
  Destination: destinationView,
  Notification: notificationView,
  OfferPage: offerPage,
  Operation: operationView,
  Plan: planView,
  Problem: problem,
  ReconciliationRun: reconciliationRun,
  Statement: statement,
  Subscription: subscriptionView,
  UsageHour: usageHour,
  UsageRecord: usageRecord,
  UsageVerdict: usageVerdict,
};

const OPTIONS: CreateDocumentOptions = {
  allowEmptySchema: { unknown: true, custom: true },
  override: ({ jsonSchema, io }) => {
    // Clients made from the document must accept fields that a newer version adds.
    if (io === 'output' && jsonSchema.additionalProperties === false)
      delete jsonSchema.additionalProperties;
    // Our own names of formats say nothing to others; the pattern does.
    if (jsonSchema.format?.includes(' ')) delete jsonSchema.format;
  },
};

const problemContent = { 'application/problem+json': { schema: problem } };

const REFUSALS = {
  '400': 'The input is invalid; `issues` says where.',
  '401': 'The API key is missing, unknown, expired or revoked.',
  '403': 'The API key does not have the scope, or is limited to another publisher.',
  '404': 'Nothing has this ID, or it belongs to another publisher.',
  '409': 'The current state does not allow this call. `rejection` says why.',
  '429': 'Too many calls; wait for `Retry-After`.',
  '503': 'A service is not available. Nothing was lost; try again.',
} as const;

function pathsOf(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of operations) {
    const { path, method } = operation.route;
    const item = (paths[path] ??= {});
    if (item[method]) throw new Error(`two procedures have the route ${method} ${path}`);
    item[method] = operationObject(operation);
  }
  return { ...paths, ...OTHERS };
}

/** Addresses that do not call one procedure with one answer. */
const OTHERS: ZodOpenApiPathsObject = {
  '/v1/events': {
    get: {
      operationId: 'events.live',
      summary: liveProcedures.events.live.summary,
      tags: ['events'],
      'x-landfall-scope': liveProcedures.events.live.scope,
      requestParams: { query: liveProcedures.events.live.input },
      responses: {
        '200': {
          description: 'Events, until you close the connection.',
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
        ...refusals(),
      },
    },
  },
  '/v1/usage/statements': {
    get: {
      operationId: 'usage.exportStatements',
      summary:
        'All statements of a month in one file: a JSON object per line, CSV, or a page to print.',
      tags: ['usage'],
      'x-landfall-scope': 'usage:read',
      requestParams: {
        query: z.object({
          month: z.string().meta({ example: '2026-11' }),
          publisherId: z.string().optional(),
          isTest: z.boolean().optional(),
          format: z.enum(['json', 'csv', 'html']).optional(),
        }),
      },
      responses: {
        '200': {
          description: 'The file.',
          content: {
            'application/x-ndjson': { schema: { type: 'string' } },
            'text/csv': { schema: { type: 'string' } },
            'text/html': { schema: { type: 'string' } },
          },
        },
        ...refusals(),
      },
    },
  },
};

function operationObject(operation: Operation): ZodOpenApiOperationObject {
  const { id, operationId, namespace, spec, route } = operation;
  const example = exampleOf(operation);
  const fields = [...inputFields(operation)];
  const inPath = fields.filter(([name]) => route.inPath.includes(name));
  const rest = z.object(
    Object.fromEntries(fields.filter(([name]) => !route.inPath.includes(name))),
  );
  const { input = {}, output } = example ?? {};
  return {
    operationId,
    summary: spec.summary,
    tags: [namespace],
    'x-landfall-scope': spec.scope,
    requestParams: {
      path: z.object(Object.fromEntries(inPath)),
      ...(route.isBodiless ? { query: rest } : {}),
      ...(spec.kind === 'command' ? { header: idempotencyHeader } : {}),
    },
    ...(route.isBodiless ? {} : { requestBody: bodyOf(operation, { rest, input }) }),
    responses: {
      '200': {
        description: 'Done.',
        content: {
          'application/json': { schema: spec.output, ...(output ? { example: output } : {}) },
          ...(id === 'usage.report'
            ? { 'application/x-ndjson': { schema: { type: 'string' } } }
            : {}),
        },
      },
      ...refusals(),
    },
  };
}

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().min(1).max(200).optional().meta({
    description: 'Your own id of this call. Repeating the call with it gives the first answer.',
  }),
});

function bodyOf(
  { id, route }: Operation,
  {
    rest,
    input,
  }: { readonly rest: z.ZodObject; readonly input: Readonly<Record<string, unknown>> },
): NonNullable<ZodOpenApiOperationObject['requestBody']> {
  const given = Object.entries(input).filter(([name]) => !route.inPath.includes(name));
  const isRequired = !rest.safeParse({}).success;
  return {
    required: isRequired,
    content: {
      'application/json': {
        schema: rest,
        ...(given.length > 0 ? { example: Object.fromEntries(given) } : {}),
      },
      ...(id === 'usage.report' ? USAGE_FORMS : {}),
    },
  };
}

/** `POST /v1/usage` also reads these; see the page on billing. */
const USAGE_FORMS = {
  'text/csv': { schema: { type: 'string' } },
  'application/cloudevents+json': { schema: { type: 'object' } },
  'application/cloudevents-batch+json': { schema: { type: 'array', items: { type: 'object' } } },
} as const;

function inputFields({ id, spec }: Operation): ReadonlyMap<string, z.core.$ZodType> {
  const fields = new Map(fieldsOf(spec.input));
  // The procedure takes records of any form and judges each by itself.
  if (id === 'usage.report') fields.set('records', z.array(usageRecord).min(1));
  if (id === 'usage.statement') fields.set('format', z.enum(['json', 'csv', 'html']).optional());
  return fields;
}

function exampleOf({
  namespace,
  name,
}: Operation): { input: Record<string, unknown>; output: unknown } | undefined {
  type Known = { input: Record<string, unknown>; output: unknown };
  const all = examples as unknown as Readonly<Record<string, Readonly<Record<string, Known>>>>;
  return all[namespace]?.[name];
}

function refusals(): ZodOpenApiOperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([status, description]) => [
      status,
      { description, content: problemContent },
    ]),
  );
}
