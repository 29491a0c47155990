import { z } from 'zod';
import { liveEvent } from '@landfall/contracts/live-events';
import { shownAlert } from '@landfall/contracts/alert-procedures';
import { publicProcedures } from '@landfall/contracts/api';
import {
  anyRecord,
  usageHour,
  usageRecord,
  usageVerdict,
} from '@landfall/contracts/usage-procedures';
import { changeAccepted, operationView } from '@landfall/contracts/change-view';
import { credentialStatus } from '@landfall/contracts/credential-procedures';
import { decisionAnswer, decisionRequest } from '@landfall/contracts/decision-request';
import { deliveryView, destinationView } from '@landfall/contracts/delivery-procedures';
import { notificationView } from '@landfall/contracts/ingest-procedures';
import { storedOfferPage } from '@landfall/contracts/offer-page';
import { planView, seatRules } from '@landfall/contracts/plan-view';
import { decisionPolicy } from '@landfall/contracts/policy';
import type { Procedures } from '@landfall/contracts/procedures';
import { productEvent } from '@landfall/contracts/product-events';
import { reconciliationRun } from '@landfall/contracts/reconciliation-procedures';
import { rejectionCodes } from '@landfall/contracts/rejections';
import { deadLetterView, parkedTaskView } from '@landfall/contracts/repair-procedures';
import { timelineEntry } from '@landfall/contracts/subscription-procedures';
import { personView, subscriptionView, termView } from '@landfall/contracts/subscription-view';
import {
  printComment,
  printFields,
  printType,
  type Direction,
  type JsonSchema,
} from './print-type.ts';

interface NamedType {
  readonly schema: z.ZodType;
  readonly documentation: string;
}

/** Types that get a name, because programs need to refer to them. All others are printed where they are used. */
const answers: Readonly<Record<string, NamedType>> = {
  Subscription: {
    schema: subscriptionView,
    documentation: 'A subscription, as Landfall knows it.',
  },
  Person: {
    schema: personView,
    documentation:
      'A person in Microsoft Entra. Tenant id and object id identify the person; the address is only for display.',
  },
  Term: {
    schema: termView,
    documentation:
      'The paid period. `termUnit` is an ISO 8601 duration, such as P1M, P1Y or P3Y; Microsoft may add others.',
  },
  TimelineEntry: {
    schema: timelineEntry,
    documentation: 'Something that happened to a subscription.',
  },
  Plan: { schema: planView, documentation: 'A plan that Microsoft offers a customer.' },
  SeatRules: {
    schema: seatRules,
    documentation:
      "Numbers of seats that your rules permit and refuse, lowest first. The plan's own limits also apply.",
  },
  Operation: {
    schema: operationView,
    documentation: "Microsoft's record of one change, and how Landfall handled it.",
  },
  RequestedChange: { schema: changeAccepted, documentation: 'A change that Landfall has stored.' },
  UsageVerdict: {
    schema: usageVerdict,
    documentation:
      'What became of one reported record. `repeated`: its `eventId` was counted before.',
  },
  UsageHour: {
    schema: usageHour,
    documentation: 'The usage of a dimension in one UTC hour, and how it was billed.',
  },
  DecisionPolicy: {
    schema: decisionPolicy,
    documentation: "Rules that accept or refuse customers' plan and seat changes.",
  },
  ReconciliationRun: {
    schema: reconciliationRun,
    documentation: "A comparison of Microsoft's list of subscriptions with Landfall's records.",
  },
  Destination: {
    schema: destinationView,
    documentation: 'An address that Landfall posts events to.',
  },
  Delivery: {
    schema: deliveryView,
    documentation: 'The delivery of one event to one destination.',
  },
  Notification: {
    schema: notificationView,
    documentation: "One of Microsoft's calls to the connection webhook.",
  },
  OfferPage: {
    schema: storedOfferPage,
    documentation: "Branding, texts and questions of the buyer's pages.",
  },
  CredentialStatus: {
    schema: credentialStatus,
    documentation: "The state of a publisher's credential for Microsoft's APIs.",
  },
  LiveEvent: {
    schema: liveEvent,
    documentation:
      'Something that has just happened. It names what changed and holds no personal data.',
  },
  FiringAlert: { schema: shownAlert, documentation: 'An active alert.' },
  ParkedTask: {
    schema: parkedTaskView,
    documentation: 'A task that failed its last attempt and waits for a replay.',
  },
  DeadLetter: { schema: deadLetterView, documentation: 'A message that a consumer gave up on.' },
  ProductEvent: {
    schema: productEvent,
    documentation:
      'An event that Landfall posts to your product. The same event may come again under the same `id`.',
  },
  DecisionRequest: {
    schema: decisionRequest,
    documentation:
      "Asks whether to accept a customer's plan or seat change. It may come again under the same `id`.",
  },
};

const requests: Readonly<Record<string, NamedType>> = {
  UsageRecord: {
    schema: usageRecord,
    documentation: 'Usage to report. Each `eventId` is counted once.',
  },
  DecisionAnswer: {
    schema: decisionAnswer,
    documentation:
      'The answer to a decision request: HTTP status 200 with this object as JSON. `reason` is a code of your own.',
  },
};

const head = `// Printed from the contracts by scripts/write-api.ts. Do not edit.

/** Options of one call. */
export interface CallOptions {
  /** Stops waiting for the answer. A command may have been carried out. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of one command. */
export interface CommandOptions extends CallOptions {
  /**
   * Landfall carries out commands with the same key once, and answers with the first answer. Set it to repeat a command after
   * your own restart. Default: a new UUID for each call.
   */
  readonly idempotencyKey?: string | undefined;
}

/** A call that only reads. */
export interface Query<Input, Output> {
  /** Throws if it fails; see \`errorDetails\` of \`@landfall/client/errors\`. */
  readonly query: (input: Input, options?: CallOptions) => Promise<Output>;
}

/** A list: \`query\` reads one page, \`each\` all items. */
export interface List<Input, Output extends { items: unknown[] }> extends Query<Input, Output> {
  /** The items of all pages. Each page is read when its first item is wanted. \`limit\` is the size of a page. */
  readonly each: (
    input: Omit<Input, 'cursor'>,
    options?: CallOptions,
  ) => AsyncIterable<Output['items'][number]>;
}

/** A call that changes something. Landfall has stored it before it answers. */
export interface Command<Input, Output> {
  /** Throws if it fails; see \`errorDetails\` of \`@landfall/client/errors\`. */
  readonly mutate: (input: Input, options?: CommandOptions) => Promise<Output>;
}

/** Live events: what happens in Landfall, as it happens. */
export interface Stream<Input, Event> {
  /**
   * Connects again after each interruption and continues after the last event. Ends when the signal is aborted, and throws if
   * Landfall refuses the caller.
   */
  readonly listen: (input: Input, options?: CallOptions) => AsyncIterable<Event>;
}
`;

/** The source of `src/api.ts`, before formatting. */
export function printApi(): string {
  return [
    head,
    printLandfall(publicProcedures),
    ...Object.entries(requests).map((type) => printNamed(type, 'input')),
    ...Object.entries(answers).map((type) => printNamed(type, 'output')),
    printRejections(),
  ].join('\n');
}

const kinds = { query: 'Query', command: 'Command', stream: 'Stream' } as const;

function printLandfall(table: Procedures): string {
  const namespaces = Object.entries(table).map(([namespace, specs]) => {
    const calls = Object.entries(specs).map(([name, { kind, summary, input, output }]) => {
      const asked = jsonSchemaOf(input, 'input');
      const answered = jsonSchemaOf(output, 'output');
      const isPaged = asked.properties?.['cursor'] && answered.properties?.['items'];
      const type = kind === 'query' && isPaged ? 'List' : kinds[kind];
      const from = printType(asked, 'input');
      const to = printType(answered, 'output');
      return `${printComment(summary)}readonly ${name}: ${type}<${from}, ${to}>;`;
    });
    return `readonly ${namespace}: {\n${calls.join('\n')}\n};`;
  });
  const comment = printComment('Every procedure that an API key may call, by namespace.');
  return `${comment}export interface Landfall {\n${namespaces.join('\n')}\n}\n`;
}

function printNamed([name, { schema, documentation }]: [string, NamedType], io: Direction): string {
  const { $defs } = jsonSchemaOf(schema, io);
  const fields = printFields($defs?.[name] ?? {}, io);
  return `${printComment(documentation)}export interface ${name} {\n${fields}\n}\n`;
}

function printRejections(): string {
  const codes = Object.keys(rejectionCodes).map((code) => `'${code}'`);
  const comment = printComment('Stable codes of a business "no". New ones may be added.');
  return `${comment}export type RejectionCode = ${codes.join(' | ')};\n`;
}

const names = { input: nameRegistry(requests), output: nameRegistry(answers) };

function nameRegistry(types: Readonly<Record<string, NamedType>>) {
  const registry = z.registry<{ id: string }>();
  for (const [id, { schema }] of Object.entries(types)) registry.add(schema, { id });
  return registry;
}

/** The JSON Schema of a schema. Named schemas appear in it as references, at any depth. */
function jsonSchemaOf(schema: z.ZodType, io: Direction): JsonSchema {
  // A transformation has no JSON Schema. With `any`, zod prints the schema of its input instead of throwing.
  return z.toJSONSchema(schema, {
    io,
    metadata: names[io],
    override: ({ zodSchema, jsonSchema }) => {
      const description = z.globalRegistry.get(zodSchema)?.description;
      if (description !== undefined) jsonSchema.description = description;
      if (zodSchema === anyRecord) jsonSchema.$ref = '#/$defs/UsageRecord';
    },
    unrepresentable: 'any',
  }) as JsonSchema;
}
