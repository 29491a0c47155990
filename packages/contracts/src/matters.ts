import { z } from 'zod';
import type { ServiceName } from './services.ts';
import { text } from './text.ts';

/** How urgent a matter is. `critical`: customers or money are affected now. `info`: good to know, nothing is wrong. */
export const matterSeverities = ['critical', 'warning', 'info'] as const;

export type MatterSeverity = (typeof matterSeverities)[number];

/** What a matter is about. `id` is the id of such a thing; `service` and `alert` have names. */
export const matterSubjects = [
  'subscription',
  'operation',
  'change',
  'task',
  'consumer',
  'notification',
  'destination',
  'publisher',
  'run',
  'recurring-charge',
  'access-request',
  'key',
  'backup',
  'alert',
] as const;

export type MatterSubject = (typeof matterSubjects)[number];

interface MatterKindDefinition {
  /** `every`: each service finds its own. */
  readonly owner: ServiceName | 'every';
  /** The usual severity. A finder may raise it as the deadline comes closer. */
  readonly severity: MatterSeverity;
  readonly about: MatterSubject;
  /**
   * `itself`: the matter closes when its owner no longer finds it. `person`: it reports something that has happened, and
   * stays open until a person closes it, or for {@link EVENT_MATTER_DAYS}.
   */
  readonly closes: 'itself' | 'person';
}

/** Matters about something that has happened leave the list after this time, even if no person has closed them. */
export const EVENT_MATTER_DAYS = 30;

/** Every kind of matter. The texts of each are in the package `words`. */
export const matterKinds = {
  'activation-failed': {
    owner: 'fulfillment-worker',
    severity: 'critical',
    about: 'subscription',
    closes: 'itself',
  },
  'not-configured': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'approval-waiting': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'provisioning-waiting': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'provisioning-failed': {
    owner: 'fulfillment-worker',
    severity: 'critical',
    about: 'subscription',
    closes: 'itself',
  },
  'suspension-ending': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'renewal-ahead': {
    owner: 'fulfillment-worker',
    severity: 'info',
    about: 'subscription',
    closes: 'itself',
  },
  'trial-ending': {
    owner: 'fulfillment-worker',
    severity: 'info',
    about: 'subscription',
    closes: 'itself',
  },
  'refusal-overruled': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'operation',
    closes: 'person',
  },
  'operation-without-target': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'operation',
    closes: 'person',
  },
  'operation-contradicted': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'operation',
    closes: 'person',
  },
  'operation-unconfirmed': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'operation',
    closes: 'person',
  },
  'action-unknown': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'operation',
    closes: 'person',
  },
  'change-failed': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'change',
    closes: 'person',
  },
  'effect-missing': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'subscription-unknown': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'status-unrecognised': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'drift-unhealed': {
    owner: 'fulfillment-worker',
    severity: 'critical',
    about: 'subscription',
    closes: 'itself',
  },
  'reconciliation-failing': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'publisher',
    closes: 'itself',
  },
  'task-parked': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'task',
    closes: 'itself',
  },
  'dead-letter': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'consumer',
    closes: 'itself',
  },
  'delivery-dead': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'destination',
    closes: 'itself',
  },
  'destination-failing': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'destination',
    closes: 'itself',
  },
  'destination-disabled': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'destination',
    closes: 'itself',
  },
  'credential-ending': {
    owner: 'fulfillment-worker',
    severity: 'warning',
    about: 'publisher',
    closes: 'itself',
  },
  'credential-refused': {
    owner: 'fulfillment-worker',
    severity: 'critical',
    about: 'publisher',
    closes: 'itself',
  },
  'usage-refused': {
    owner: 'billing-sync',
    severity: 'critical',
    about: 'subscription',
    closes: 'itself',
  },
  'usage-mismatch': {
    owner: 'billing-sync',
    severity: 'critical',
    about: 'subscription',
    closes: 'person',
  },
  'usage-outcome-unknown': {
    owner: 'billing-sync',
    severity: 'warning',
    about: 'subscription',
    closes: 'person',
  },
  'usage-expiring': {
    owner: 'billing-sync',
    severity: 'critical',
    about: 'subscription',
    closes: 'itself',
  },
  'usage-written-off': {
    owner: 'billing-sync',
    severity: 'critical',
    about: 'subscription',
    closes: 'person',
  },
  'included-unknown': {
    owner: 'billing-sync',
    severity: 'critical',
    about: 'subscription',
    closes: 'itself',
  },
  'usage-incident': {
    owner: 'billing-sync',
    severity: 'warning',
    about: 'subscription',
    closes: 'itself',
  },
  'recurring-late': {
    owner: 'billing-sync',
    severity: 'warning',
    about: 'recurring-charge',
    closes: 'person',
  },
  'notification-unreadable': {
    owner: 'webhook-ingest',
    severity: 'warning',
    about: 'notification',
    closes: 'person',
  },
  'access-request-waiting': {
    owner: 'landing',
    severity: 'warning',
    about: 'access-request',
    closes: 'itself',
  },
  'stranger-at-landing': {
    owner: 'landing',
    severity: 'warning',
    about: 'subscription',
    closes: 'person',
  },
  'key-ending': { owner: 'gateway', severity: 'warning', about: 'key', closes: 'itself' },
  'backup-old': { owner: 'gateway', severity: 'warning', about: 'backup', closes: 'itself' },
  alert: { owner: 'every', severity: 'warning', about: 'alert', closes: 'itself' },
} as const satisfies Readonly<Record<string, MatterKindDefinition>>;

export type MatterKind = keyof typeof matterKinds;

/** Longest value in `params`. They are words of a sentence, such as a plan or a code. */
const MAX_PARAM = 300;

/** What a service found that needs attention. Contains no personal data. */
export const foundMatter = z.object({
  /** A `MatterKind`, or a kind of a newer version. */
  kind: text(60),
  /** Identifies the matter among those of its kind: at most one is open for each key. */
  key: text(300),
  subject: z.object({ type: text(40), id: text(300) }),
  publisherId: z.string().optional(),
  offerId: z.string().optional(),
  subscriptionId: z.string().optional(),
  severity: z.enum(matterSeverities),
  /** Values of the texts, by name. */
  params: z.record(z.string(), z.union([z.string().max(MAX_PARAM), z.number()])),
  /** Since when it is so. */
  since: z.iso.datetime(),
  /** When it is too late: what happens then is in the text. */
  dueAt: z.iso.datetime().optional(),
});

export type FoundMatter = z.output<typeof foundMatter>;

/** With `opened`: the matter as found. It is published again, under the same id, if its severity or due time changes. */
export const matterOpened = foundMatter.extend({
  id: z.uuid(),
  owner: z.string(),
  /** Counts the publications of this id. Facts may arrive in another order; the highest version is the newest. */
  version: z.number().int(),
  openedAt: z.iso.datetime(),
  /** Set if a person has opened it again that a person had closed. The version is the owner's last one. */
  reopenedAt: z.iso.datetime().optional(),
});

export type MatterOpened = z.output<typeof matterOpened>;

export const matterClosed = z.object({
  id: z.uuid(),
  kind: z.string(),
  owner: z.string(),
  publisherId: z.string().optional(),
  subscriptionId: z.string().optional(),
  closedAt: z.iso.datetime(),
  /** `itself`: the cause is gone. `person`: a person closed it in Landfall. */
  by: z.enum(['itself', 'person']),
});

export type MatterClosed = z.output<typeof matterClosed>;
