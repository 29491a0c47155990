import type { z } from 'zod';
import { auditProcedures } from '@landfall/contracts/audit-procedures';
import { deliveryProcedures } from '@landfall/contracts/delivery-procedures';
import { ingestProcedures } from '@landfall/contracts/ingest-procedures';
import { landingProcedures } from '@landfall/contracts/landing-procedures';
import { matterProcedures } from '@landfall/contracts/matter-procedures';
import { operationProcedures } from '@landfall/contracts/operation-procedures';
import { subscriptionProcedures } from '@landfall/contracts/subscription-procedures';
import { billingProcedures } from '@landfall/contracts/billing-procedures';
import type { ActivityRow, ActivitySource, Reader } from './merge.ts';

type List = {
  readonly scope: string;
  readonly output: z.ZodType<{ items: readonly unknown[]; nextCursor?: string | undefined }>;
};

/** Calls a procedure of the API as the caller. */
export type AskAsCaller = (path: string, input: object) => Promise<unknown>;

/** How a list becomes rows of the activity. */
interface Source {
  readonly path: string;
  readonly spec: List;
  readonly sources: readonly ActivitySource[];
  readonly isUnordered?: true;
  readonly reader: (subscriptionId: string, ask: AskAsCaller) => Reader;
}

function source<Spec extends List>(definition: {
  readonly path: string;
  readonly spec: Spec;
  readonly sources: readonly ActivitySource[];
  readonly isUnordered?: true;
  readonly input: (subscriptionId: string) => object;
  readonly row: (
    item: z.output<Spec['output']>['items'][number],
    subscriptionId: string,
  ) => ActivityRow;
}): Source {
  const { path, spec, sources, isUnordered, input, row } = definition;
  return {
    path,
    spec,
    sources,
    reader: (subscriptionId, ask) => ({
      sources,
      ...(isUnordered && { isUnordered }),
      async read({ until, cursor, limit }) {
        const answer = await ask(path, {
          ...input(subscriptionId),
          limit,
          ...(cursor !== undefined && { cursor }),
          ...(until !== undefined && !isUnordered && { until }),
        });
        const { items, nextCursor } = spec.output.parse(answer);
        return { rows: items.map((item) => row(item, subscriptionId)), nextCursor };
      },
    }),
  };
}

/** Entries of the timeline that say that something went wrong. */
const PROBLEMS: ReadonlySet<string> = new Set([
  'activationFailed',
  'provisioningFailed',
  'changeFailed',
  'contradictionSeen',
  'missingAtMicrosoft',
  'operationUnconfirmed',
  'publisherDiffers',
  'quantityImpossible',
  'taskParked',
  'refusalOverruled',
]);

const CAUSES: Readonly<Record<string, string>> = {
  landing: 'customer',
  notification: 'microsoft',
  command: 'publisher',
  reconcile: 'landfall',
  worker: 'landfall',
  import: 'import',
};

const { timeline, exchanges } = subscriptionProcedures.subscriptions;
const bySubscription = (subscriptionId: string) => ({ subscriptionId });

/** The lists that make up the activity of a subscription. Their answers contain no secrets, and no tokens or addresses of people. */
export const activityReaders: readonly Source[] = [
  source({
    path: 'subscriptions.timeline',
    spec: timeline,
    sources: ['timeline', 'note'],
    input: (subscriptionId) => ({ subscriptionId, order: 'latest' }),
    row: ({ sequence, at, kind, cause, operationId, correlationId, details }, subscriptionId) => ({
      id: String(sequence),
      at,
      source: kind === 'noteAdded' ? 'note' : 'timeline',
      kind,
      ...(PROBLEMS.has(kind) && { isProblem: true }),
      operationId,
      correlationId,
      actor: CAUSES[cause],
      details,
      open: { procedure: 'subscriptions.timeline', input: { subscriptionId, sequence } },
    }),
  }),
  source({
    path: 'notifications.list',
    spec: ingestProcedures.notifications.list,
    sources: ['notification'],
    input: bySubscription,
    row: ({ id, receivedAt, action, verdict, problems, operationId, deliveries, reason }) => ({
      id,
      at: receivedAt,
      source: 'notification',
      kind: action,
      outcome: verdict,
      ...((verdict === 'undecided' || problems.length > 0) && { isProblem: true }),
      operationId,
      actor: 'microsoft',
      details: { deliveries, ...(reason !== undefined && { reason }) },
      open: { procedure: 'notifications.get', input: { notificationId: id } },
    }),
  }),
  source({
    path: 'operations.list',
    spec: operationProcedures.operations.list,
    sources: ['operation'],
    input: bySubscription,
    row: ({
      operationId,
      subscriptionId,
      createdAt,
      action,
      outcome,
      origin,
      from,
      to,
      settledAt,
    }) => ({
      id: operationId,
      at: createdAt,
      source: 'operation',
      kind: action,
      outcome: outcome ?? 'open',
      ...(['failed', 'overruled', 'unsettled'].includes(outcome ?? '') && { isProblem: true }),
      operationId,
      actor: 'microsoft',
      details: defined({ origin, from, to, settledAt }),
      open: { procedure: 'operations.list', input: { subscriptionId, operationId } },
    }),
  }),
  source({
    path: 'operations.list',
    spec: operationProcedures.operations.list,
    sources: ['decision'],
    input: (subscriptionId) => ({ subscriptionId, sort: 'decided' }),
    row: ({ operationId, subscriptionId, createdAt, decidedAt, action, ...rest }) => ({
      id: operationId,
      at: decidedAt ?? createdAt,
      source: 'decision',
      kind: action,
      outcome: rest.decision,
      ...(rest.isInTime === false && { isProblem: true }),
      operationId,
      actor: rest.reason?.startsWith('product') ? 'product' : 'landfall',
      details: defined({
        reason: rest.reason,
        ruleId: rest.ruleId,
        from: rest.from,
        to: rest.to,
        isInTime: rest.isInTime,
      }),
      open: { procedure: 'operations.list', input: { subscriptionId, operationId } },
    }),
  }),
  source({
    path: 'subscriptions.exchanges',
    spec: exchanges,
    sources: ['call'],
    // Several processes store calls some seconds later, so their order is not exact. At most 200 are stored.
    isUnordered: true,
    input: bySubscription,
    row: ({ id = '', at, call, status, failure, correlationId, ...rest }, subscriptionId) => ({
      id,
      at,
      source: 'call',
      kind: call,
      outcome: failure ?? (status === undefined ? undefined : String(status)),
      ...(failure !== undefined && { isProblem: true }),
      correlationId,
      actor: 'landfall',
      details: defined({
        status,
        durationMs: rest.durationMs,
        attempt: rest.attempt,
        requestId: rest.requestId,
        cause: rest.cause,
      }),
      open: { procedure: 'subscriptions.exchanges', input: { subscriptionId, exchangeId: id } },
    }),
  }),
  source({
    path: 'deliveries.list',
    spec: deliveryProcedures.deliveries.list,
    sources: ['delivery', 'mail'],
    input: bySubscription,
    row: (delivery) => ({
      id: delivery.id,
      at: delivery.createdAt,
      source: isMail(delivery) ? 'mail' : 'delivery',
      kind: delivery.type,
      outcome: delivery.state,
      ...(delivery.state === 'dead' && { isProblem: true }),
      actor: 'landfall',
      details: defined({
        destinationId: delivery.destinationId,
        attempts: delivery.attempts,
        deliveredAt: delivery.deliveredAt,
        nextAttemptAt: delivery.nextAttemptAt,
      }),
      open: { procedure: 'deliveries.get', input: { deliveryId: delivery.id } },
    }),
  }),
  source({
    path: 'usage.days',
    spec: billingProcedures.usage.days,
    sources: ['usage'],
    input: bySubscription,
    // A row for each hour would hide everything else. The time is the beginning of the day, because it never changes.
    row: ({ day, hours, dimensions, isProblem }, subscriptionId) => {
      const from = `${day}T00:00:00.000Z`;
      const to = new Date(Date.parse(from) + DAY_MS).toISOString();
      return {
        id: day,
        at: from,
        source: 'usage',
        kind: 'day',
        outcome: isProblem ? 'problem' : 'good',
        ...(isProblem && { isProblem }),
        actor: 'product',
        details: { hours, dimensions },
        open: { procedure: 'usage.records', input: { subscriptionId, from, to } },
      };
    },
  }),
  source({
    path: 'landingEvents.list',
    spec: landingProcedures.landingEvents.list,
    sources: ['landing'],
    input: bySubscription,
    row: ({ id, at, kind, correlationId, times }, subscriptionId) => ({
      id,
      at,
      source: 'landing',
      kind,
      ...(kind.endsWith('.refused') && { isProblem: true }),
      correlationId,
      actor: 'customer',
      ...(times > 1 && { details: { times } }),
      open: { procedure: 'landingEvents.list', input: { subscriptionId, eventId: id } },
    }),
  }),
  ...(['open', 'closed'] as const).map((state) =>
    source({
      path: 'matters.list',
      spec: matterProcedures.matters.list,
      sources: ['matter'],
      // Sorted by due time.
      isUnordered: true,
      input: (subscriptionId) => ({ subscriptionId, state, withSnoozed: true }),
      row: ({ id, openedAt, kind, severity, title, dueAt, closedAt }) => ({
        id,
        at: openedAt,
        source: 'matter',
        kind,
        outcome: state,
        ...(state === 'open' && { isProblem: true }),
        actor: 'landfall',
        details: defined({ severity, title, dueAt, closedAt }),
        open: { procedure: 'matters.get', input: { matterId: id } },
      }),
    }),
  ),
  source({
    path: 'audit.list',
    spec: auditProcedures.audit.list,
    sources: ['audit'],
    input: (subject) => ({ subject }),
    row: (entry, subject) => ({
      id: entry.sequence,
      at: entry.at,
      source: 'audit',
      kind: entry.procedure,
      outcome: entry.outcome,
      ...(entry.outcome !== 'done' && entry.outcome !== 'dry-run' && { isProblem: true }),
      correlationId: entry.correlationId,
      actor: entry.actorLabel ?? entry.actor,
      details: defined({
        reason: entry.reason,
        approvedBy: entry.approvedBy,
        times: entry.times > 1 ? entry.times : undefined,
      }),
      open: { procedure: 'audit.list', input: { subject, correlationId: entry.correlationId } },
    }),
  }),
];

const DAY_MS = 24 * 60 * 60 * 1000;

function isMail(delivery: object): boolean {
  const channel: unknown = new Map(Object.entries(delivery)).get('channel');
  return typeof channel === 'string' && channel.includes('mail');
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
