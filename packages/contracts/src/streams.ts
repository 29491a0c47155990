import {
  matterClosedFactOf,
  matterOpenedFactOf,
  notificationReceivedFact,
  subscriptionFactFor,
  usageSettledFact,
  usageThresholdCrossedFact,
  type FactDefinition,
  type MatterFact,
  type UsageFact,
} from './subjects.ts';
import { subscriptionFactKinds } from './subscription-facts.ts';
import { services, type ServiceName } from './services.ts';

/** A JetStream stream with its limits. */
export interface StreamDefinition {
  readonly name: string;
  /** The only service that applies a changed definition. Others only create a missing stream. */
  readonly owner: ServiceName;
  readonly subjects: readonly string[];
  /** How long JetStream keeps a message for consumers that were down. The state itself is in PostgreSQL. */
  readonly maxAgeMs: number;
  /** JetStream drops a second message with the same id within this window; the inbox drops later ones. */
  readonly duplicateWindowMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Longer than Microsoft's eight hours of webhook retries, and than a weekend without an operator. */
const KEEP_MS = 7 * DAY_MS;
/** Covers a relay that publishes again after a crash. The inbox recognises anything later. */
const DUPLICATE_WINDOW_MS = 10 * 60 * 1000;

function stream(name: string, owner: ServiceName, subjects: readonly string[]): StreamDefinition {
  return { name, owner, subjects, maxAgeMs: KEEP_MS, duplicateWindowMs: DUPLICATE_WINDOW_MS };
}

/** Every stream. Each fact belongs to exactly one. */
export const streams = {
  ingest: stream('INGEST', 'webhook-ingest', ['ingest.notification.>']),
  fulfillment: stream('FULFILLMENT', 'fulfillment-worker', ['fulfillment.subscription.>']),
  billing: stream('BILLING', 'billing-sync', ['billing.usage.>']),
  /** What needs attention, from every service. */
  matters: stream(
    'MATTERS',
    'gateway',
    services.map(({ name }) => matterOpenedFactOf(name).subject.replace(/opened$/, '>')),
  ),
  /** Messages that a consumer gave up on, under `deadletter.<durable>`, with the reason in the headers. */
  deadLetters: {
    ...stream('DEAD_LETTERS', 'fulfillment-worker', ['deadletter.>']),
    maxAgeMs: 30 * DAY_MS,
  },
} as const;

/** A durable JetStream consumer: which service processes which facts of a stream. */
export interface ConsumerDefinition<Payload> {
  readonly durable: string;
  readonly consumer: ServiceName;
  readonly stream: StreamDefinition;
  readonly facts: readonly FactDefinition<Payload>[];
  readonly summary: string;
}

function consumer<Payload>(definition: ConsumerDefinition<Payload>): ConsumerDefinition<Payload> {
  return definition;
}

export const fulfillmentNotifications = consumer({
  durable: 'fulfillment-notifications',
  consumer: 'fulfillment-worker',
  stream: streams.ingest,
  facts: [notificationReceivedFact],
  summary: "Puts each notification into its subscription's lane.",
});

export const fulfillmentUsage = consumer<UsageFact>({
  durable: 'fulfillment-usage',
  consumer: 'fulfillment-worker',
  stream: streams.billing,
  facts: [usageSettledFact, usageThresholdCrossedFact],
  summary: 'Turns final outcomes of usage and crossed limits into events for the product.',
});

export const billingSubscriptions = consumer({
  durable: 'billing-subscriptions',
  consumer: 'billing-sync',
  stream: streams.fulfillment,
  facts: subscriptionFactKinds.map((kind) => subscriptionFactFor(kind)),
  summary: 'Keeps the plan, term and status by which usage is rated.',
});

export const ingestErasures = consumer({
  durable: 'ingest-erasures',
  consumer: 'webhook-ingest',
  stream: streams.fulfillment,
  facts: [subscriptionFactFor('personalDataErased')],
  summary: 'Erases personal data from the stored notifications of an ended subscription.',
});

export const landingErasures = consumer({
  durable: 'landing-erasures',
  consumer: 'landing',
  stream: streams.fulfillment,
  facts: [subscriptionFactFor('personalDataErased')],
  summary: "Deletes an ended subscription's visits, and erases personal data from its events.",
});

const matterFacts: readonly FactDefinition<MatterFact>[] = services.flatMap(({ name }) => [
  matterOpenedFactOf(name) as FactDefinition<MatterFact>,
  matterClosedFactOf(name) as FactDefinition<MatterFact>,
]);

export const gatewayMatters = consumer<MatterFact>({
  durable: 'gateway-matters',
  consumer: 'gateway',
  stream: streams.matters,
  facts: matterFacts,
  summary: 'Keeps the list of what needs attention.',
});

export const fulfillmentMatters = consumer<MatterFact>({
  durable: 'fulfillment-matters',
  consumer: 'fulfillment-worker',
  stream: streams.matters,
  facts: matterFacts,
  summary: 'Notifies people by mail, Teams and Slack of what needs attention.',
});

/** Every consumer. */
export const consumers: readonly ConsumerDefinition<never>[] = [
  fulfillmentNotifications as ConsumerDefinition<never>,
  fulfillmentUsage as ConsumerDefinition<never>,
  billingSubscriptions as ConsumerDefinition<never>,
  ingestErasures as ConsumerDefinition<never>,
  landingErasures as ConsumerDefinition<never>,
  gatewayMatters as ConsumerDefinition<never>,
  fulfillmentMatters as ConsumerDefinition<never>,
];

/** A service that reads every new message of some streams on each of its instances, and settles none. */
export interface FollowerDefinition {
  readonly follower: ServiceName;
  readonly streams: readonly StreamDefinition[];
  readonly summary: string;
}

export const liveFeed: FollowerDefinition = {
  follower: 'gateway',
  streams: [streams.ingest, streams.fulfillment, streams.billing, streams.matters],
  summary: 'Shows consoles and scripts what happens.',
};

/** Every follower. */
export const followers: readonly FollowerDefinition[] = [liveFeed];

/** Subject of the messages that `durable` gave up on. */
export function deadLetterSubject(durable: string): string {
  return `deadletter.${durable}`;
}

/** Plain NATS subject, without a stream, that wakes idle workers. The sweep covers a lost message. */
export const laneWakeSubject = 'wake.fulfillment.lanes';
