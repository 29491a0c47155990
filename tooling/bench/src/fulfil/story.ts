/** What happens to each subscription, over and over: each step has an effect that its record shows. */
const ACTIONS = ['ChangeQuantity', 'Renew', 'Suspend', 'Reinstate'] as const;
type Action = (typeof ACTIONS)[number];

/** Notifications of each subscription, one after the other. */
export const STEPS = 4;

const DAY_MS = 86_400_000;
/** Each step is a day after the one before, so that no step looks like a repetition of its neighbour. */
const OLDEST_MS = Date.now() - STEPS * DAY_MS;
const TERM_START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const TERM_MS = 365 * DAY_MS;

/** The kind of the timeline's entry about a step. */
const EFFECTS: Readonly<Record<Action, string>> = {
  ChangeQuantity: 'quantityChanged',
  Renew: 'renewed',
  Suspend: 'suspended',
  Reinstate: 'reinstated',
};

/** The timeline of a subscription after all its steps, in order. */
export const effects: readonly string[] = Array.from(
  { length: STEPS },
  (_, index) => EFFECTS[actionOf(index + 1)],
);

/** The id of a subscription by its index. */
export function subscriptionId(index: number): string {
  return `5a5a5a5a-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** The id of an operation names its subscription and its step, from 1. */
export function operationId(index: number, step: number): string {
  return `0e0e0e0e-${step.toString(16).padStart(4, '0')}-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** The last part of an id is the subscription's index; the second part of an operation's id is the step. */
export function indexOf(id: string): number {
  return Number.parseInt(id.slice(-12), 16);
}

export function stepOf(id: string): number {
  return Number.parseInt(id.slice(9, 13), 16);
}

export function actionOf(step: number): Action {
  return ACTIONS[(step - 1) % ACTIONS.length] ?? 'Renew';
}

export function happenedAt(step: number): string {
  return new Date(OLDEST_MS + step * DAY_MS).toISOString();
}

/** Microsoft's record of a step that it has carried out. */
export function operationAfter(index: number, step: number): string {
  const id = operationId(index, step);
  return JSON.stringify({
    id,
    activityId: id,
    subscriptionId: subscriptionId(index),
    offerId: 'offer-1',
    publisherId: 'contoso',
    planId: 'plan-1',
    quantity: String(seatsAfter(step)),
    action: actionOf(step),
    timeStamp: happenedAt(step),
    status: 'Succeeded',
    operationRequestSource: 'Azure',
    errorStatusCode: '',
    errorMessage: '',
  });
}

/** Microsoft's record of a subscription after a step; 0 is the purchase. */
export function subscriptionAfter(index: number, step: number): string {
  const person = {
    emailId: 'ada@customer.example',
    objectId: '0b0b0b0b-0000-4000-8000-000000000001',
    tenantId: '7e7e7e7e-0000-4000-8000-000000000001',
    puid: '10032001A9DCA800',
  };
  const startMs = TERM_START_MS + countOf('Renew', step) * TERM_MS;
  const isSuspended = countOf('Suspend', step) > countOf('Reinstate', step);
  return JSON.stringify({
    id: subscriptionId(index),
    name: 'Contoso Cloud Solution',
    publisherId: 'contoso',
    offerId: 'offer-1',
    planId: 'plan-1',
    quantity: seatsAfter(step),
    beneficiary: person,
    purchaser: person,
    allowedCustomerOperations: ['Read', 'Update', 'Delete'],
    sessionMode: 'None',
    isFreeTrial: false,
    isTest: false,
    sandboxType: 'None',
    saasSubscriptionStatus: isSuspended ? 'Suspended' : 'Subscribed',
    term: {
      startDate: new Date(startMs).toISOString(),
      endDate: new Date(startMs + TERM_MS - DAY_MS).toISOString(),
      termUnit: 'P1Y',
      chargeDuration: null,
    },
    autoRenew: true,
    created: '2026-03-03T17:32:11.1234567Z',
  });
}

function seatsAfter(step: number): number {
  return 10 + countOf('ChangeQuantity', step);
}

function countOf(action: Action, step: number): number {
  return Array.from({ length: step }, (_, index) => actionOf(index + 1)).filter(
    (taken) => taken === action,
  ).length;
}
