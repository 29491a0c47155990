import { randomUUID } from 'node:crypto';
import { z } from 'zod';

export const ENDPOINTS = [
  'resolve',
  'get',
  'list',
  'activate',
  'plans',
  'patchSubscription',
  'deleteSubscription',
  'listOperations',
  'getOperation',
  'patchOperation',
  'usageEvent',
  'batchUsageEvent',
  'usageEvents',
  'token',
  'keys',
  'teams',
  'slack',
] as const;

const ACTIONS = [
  'Subscribe',
  'ChangePlan',
  'ChangeQuantity',
  'Renew',
  'Suspend',
  'Reinstate',
  'Unsubscribe',
] as const;

/**
 * How often a fault applies: it skips the first `after` calls, and then applies `count` times, each
 * time with `probability`. After that, it is removed.
 */
const frequency = {
  after: z.int().min(1).optional(),
  count: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  /** The fault ends after this time on the marketplace's clock, whatever is left of `count`. */
  forMs: z.int().min(1).optional(),
};

export const endpointFaultSchema = z.strictObject({
  endpoint: z.enum(ENDPOINTS),
  status: z.int().min(200).max(599).optional(),
  /** Sent unchanged if it is a string, otherwise as JSON. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  latencyMs: z.int().min(0).max(120_000).optional(),
  /**
   * Holds one call until the fault is removed. The call is lost if its caller has gone by then.
   * With `afterEffect`, the answer is held. `holding` says that a call is being held.
   */
  hold: z.boolean().optional(),
  /** Cuts the connection instead of answering. */
  drop: z.boolean().optional(),
  /** The call has its effect, then its answer is replaced or lost. */
  afterEffect: z.boolean().optional(),
  /** The status that usage rows get without being checked, for the two calls that send usage. */
  rowStatus: z.string().optional(),
  /** For the two calls that send usage: the fault applies to calls with a row of this subscription. */
  subscriptionId: z.guid().toLowerCase().optional(),
  /** Like `subscriptionId`. With both, one row must have both. */
  dimension: z.string().optional(),
  ...frequency,
});

export const webhookFaultSchema = z.strictObject({
  endpoint: z.literal('webhook'),
  actions: z.array(z.enum(ACTIONS)).optional(),
  subscriptionId: z.guid().optional(),
  /** The notification is never sent. */
  drop: z.boolean().optional(),
  /** The number of additional copies, sent at the same time. */
  duplicate: z.int().min(1).max(100).optional(),
  delayMs: z.int().min(0).optional(),
  /** Sent only after the next notification of the same subscription. */
  reorder: z.boolean().optional(),
  ...frequency,
});

export const MAIL_REFUSALS = ['recipient', 'greylist', 'away'] as const;
export type MailRefusal = (typeof MAIL_REFUSALS)[number];

export const mailFaultSchema = z.strictObject({
  endpoint: z.literal('mail'),
  /**
   * `recipient` refuses recipients with 550 and `greylist` with 451; `away` refuses connections
   * with 421.
   */
  refuse: z.enum(MAIL_REFUSALS),
  /** Only for this address. Connections have none. */
  recipient: z.email().toLowerCase().optional(),
  ...frequency,
});

export const faultSchema = z.discriminatedUnion('endpoint', [
  endpointFaultSchema,
  webhookFaultSchema,
  mailFaultSchema,
]);

export type Endpoint = (typeof ENDPOINTS)[number];
export type EndpointFault = z.infer<typeof endpointFaultSchema>;
export type WebhookFault = z.infer<typeof webhookFaultSchema>;
export type MailFault = z.infer<typeof mailFaultSchema>;
export type InjectedFault = z.infer<typeof faultSchema>;

/** What the marketplace adds to a fault. */
interface Stored {
  readonly id: string;
  holding?: boolean;
  /** Epoch milliseconds of the marketplace's clock. */
  readonly endsAt?: number;
  /** The preset that added the fault. */
  readonly preset?: string;
}

export type StoredFault = InjectedFault & Stored;

export function addFault(
  faults: StoredFault[],
  fault: InjectedFault,
  at: { readonly now: number; readonly preset?: string },
): StoredFault {
  const { now, ...origin } = at;
  const end = fault.forMs === undefined ? {} : { endsAt: now + fault.forMs };
  const stored = { ...fault, ...end, ...origin, id: randomUUID() };
  faults.push(stored);
  return stored;
}

/**
 * Removes one fault, all faults of a preset, or all faults.
 * @param which the id of a fault or the name of a preset
 * @returns false if there is no such fault
 */
export function removeFaults(faults: StoredFault[], which?: string): boolean {
  if (which === undefined) {
    faults.length = 0;
    return true;
  }
  const kept = faults.filter(({ id, preset }) => id !== which && preset !== which);
  const isFound = kept.length < faults.length;
  faults.splice(0, faults.length, ...kept);
  return isFound;
}

/** Removes the faults whose time is over. Returns whether there were any. */
export function removeEndedFaults(faults: StoredFault[], now: number): boolean {
  const kept = faults.filter(({ endsAt }) => endsAt === undefined || endsAt > now);
  const isFound = kept.length < faults.length;
  if (isFound) faults.splice(0, faults.length, ...kept);
  return isFound;
}

/** What a call is about: the subscription in its path, or a usage row in its body. */
export interface FaultSubject {
  readonly subscriptionId?: string | undefined;
  readonly dimension?: string | undefined;
}

type StoredEndpointFault = EndpointFault & Stored;

/** Whether a fault is for one of the subjects. A fault without a filter is for all. */
export function hasRow(fault: EndpointFault, subjects: readonly FaultSubject[]): boolean {
  const { subscriptionId, dimension } = fault;
  if (subscriptionId === undefined && dimension === undefined) return true;
  return subjects.some(
    (one) =>
      (subscriptionId ?? one.subscriptionId) === one.subscriptionId &&
      (dimension ?? one.dimension) === one.dimension,
  );
}

/**
 * Takes the oldest fault that applies to this call. A fault is removed when its count is used up.
 * Faults that only force the status of rows are left to `takeRowFaults`.
 */
export function takeEndpointFault(
  faults: StoredFault[],
  endpoint: Endpoint,
  subjects: readonly FaultSubject[],
): StoredEndpointFault | undefined {
  const found = endpointFaults(faults, endpoint, subjects).find(
    (fault) => !isRowFault(fault) && strikes(fault),
  );
  if (found === undefined) return undefined;
  if (found.hold) found.holding = true;
  else useUp(faults, found);
  return found;
}

/** Takes every fault that only forces the status of rows in this call, oldest first. */
export function takeRowFaults(
  faults: StoredFault[],
  endpoint: Endpoint,
  subjects: readonly FaultSubject[],
): readonly EndpointFault[] {
  const found = endpointFaults(faults, endpoint, subjects).filter(
    (fault) => isRowFault(fault) && strikes(fault),
  );
  for (const fault of found) useUp(faults, fault);
  return found;
}

function endpointFaults(
  faults: readonly StoredFault[],
  endpoint: Endpoint,
  subjects: readonly FaultSubject[],
): StoredEndpointFault[] {
  return faults
    .filter((fault) => fault.endpoint !== 'webhook' && fault.endpoint !== 'mail')
    .filter((fault) => fault.endpoint === endpoint && hasRow(fault, subjects));
}

function isRowFault({ rowStatus, status, drop, hold, latencyMs }: EndpointFault): boolean {
  return rowStatus !== undefined && [status, drop, hold, latencyMs].every((one) => !one);
}

/** Takes the fault for a notification that is about to be sent for the first time. */
export function takeWebhookFault(
  faults: StoredFault[],
  notification: { readonly action: WebhookAction; readonly subscriptionId: string },
): WebhookFault | undefined {
  for (const fault of faults) {
    if (fault.endpoint !== 'webhook') continue;
    if (fault.actions !== undefined && !fault.actions.includes(notification.action)) continue;
    if ((fault.subscriptionId ?? notification.subscriptionId) !== notification.subscriptionId)
      continue;
    if (!strikes(fault)) continue;
    useUp(faults, fault);
    return fault;
  }
  return undefined;
}

/** Takes the fault for a connection to the mail server, or for a recipient of a mail. */
export function takeMailFault(
  faults: StoredFault[],
  at: {
    readonly moment: 'connection' | 'recipient';
    readonly recipient?: string | undefined;
    readonly now: number;
  },
): MailFault | undefined {
  removeEndedFaults(faults, at.now);
  const recipient = at.recipient?.toLowerCase();
  for (const fault of faults) {
    if (fault.endpoint !== 'mail') continue;
    if ((fault.refuse === 'away') !== (at.moment === 'connection')) continue;
    if ((fault.recipient ?? recipient) !== recipient || !strikes(fault)) continue;
    useUp(faults, fault);
    return fault;
  }
  return undefined;
}

type WebhookAction = (typeof ACTIONS)[number];

function strikes(fault: StoredFault): boolean {
  if (fault.holding) return false;
  if (fault.after) {
    fault.after -= 1;
    return false;
  }
  return fault.probability === undefined || Math.random() < fault.probability;
}

function useUp(faults: StoredFault[], fault: StoredFault): void {
  if (fault.count === undefined) return;
  fault.count -= 1;
  if (fault.count <= 0) removeFaults(faults, fault.id);
}
