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

/** How often it strikes: `after` so many were spared, `count` times (then it is gone), each with `probability`. */
const frequency = {
  after: z.int().min(1).optional(),
  count: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
};

export const endpointFaultSchema = z.strictObject({
  endpoint: z.enum(ENDPOINTS),
  status: z.int().min(200).max(599).optional(),
  /** Sent as it is when a string, else as JSON. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  latencyMs: z.int().min(0).max(120_000).optional(),
  /**
   * The call is held until the fault is removed, and is lost when its caller is gone by then. With
   * `afterEffect` it is the answer that is held. Strikes one call; `holding` says that it has.
   */
  hold: z.boolean().optional(),
  /** The connection is cut instead of an answer. */
  drop: z.boolean().optional(),
  /** The effect happens, then the answer is replaced or lost. */
  afterEffect: z.boolean().optional(),
  /** Status that usage rows get instead of being judged, for the two that send usage. */
  rowStatus: z.string().optional(),
  subscriptionId: z.guid().optional(),
  ...frequency,
});

export const webhookFaultSchema = z.strictObject({
  endpoint: z.literal('webhook'),
  actions: z.array(z.enum(ACTIONS)).optional(),
  subscriptionId: z.guid().optional(),
  /** Never sent. */
  drop: z.boolean().optional(),
  /** Sent this many times more, at once. */
  duplicate: z.int().min(1).max(100).optional(),
  delayMs: z.int().min(0).optional(),
  /** Held back until after the next notification of the same subscription. */
  reorder: z.boolean().optional(),
  ...frequency,
});

export const faultSchema = z.discriminatedUnion('endpoint', [
  endpointFaultSchema,
  webhookFaultSchema,
]);

export type Endpoint = (typeof ENDPOINTS)[number];
export type EndpointFault = z.infer<typeof endpointFaultSchema>;
export type WebhookFault = z.infer<typeof webhookFaultSchema>;
export type InjectedFault = z.infer<typeof faultSchema>;
export type StoredFault = InjectedFault & { readonly id: string; holding?: boolean };

export function addFault(faults: StoredFault[], fault: InjectedFault): StoredFault {
  const stored = { ...fault, id: randomUUID() };
  faults.push(stored);
  return stored;
}

/** Removes one fault, or all of them; false when there is no such fault. */
export function removeFaults(faults: StoredFault[], id?: string): boolean {
  if (id === undefined) {
    faults.length = 0;
    return true;
  }
  const index = faults.findIndex((fault) => fault.id === id);
  if (index >= 0) faults.splice(index, 1);
  return index >= 0;
}

/** The oldest fault that strikes this call; it is used up when its count ends. */
export function takeEndpointFault(
  faults: StoredFault[],
  endpoint: Endpoint,
  subscriptionId?: string,
): (EndpointFault & { readonly id: string }) | undefined {
  const found = faults.find(
    (fault) =>
      fault.endpoint === endpoint &&
      (fault.subscriptionId === undefined || fault.subscriptionId === subscriptionId) &&
      strikes(fault),
  );
  if (found === undefined || found.endpoint === 'webhook') return undefined;
  if (found.hold) found.holding = true;
  else useUp(faults, found);
  return found;
}

/** The same for a notification that is about to be sent for the first time. */
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
