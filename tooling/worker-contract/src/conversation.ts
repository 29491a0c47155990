import type { procedureClient } from '@landfall/service-kit/rpc/nats';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { errorDetails } from '@landfall/service-kit/rpc/errors';
import type { DecisionRule } from '@landfall/domain/policy';
import type { Control } from '@landfall/emulator/control-client';
import type { Person } from '@landfall/emulator/identities';
import { until } from '@landfall/servers/wait';

/** The worker as the landing pages call it, together with the marketplace. */
export interface Conversation {
  readonly worker: ReturnType<typeof procedureClient<'fulfillment-worker'>>;
  readonly control: Control;
  /** Sets the publisher's rules for customers' changes. */
  rules(rules: readonly DecisionRule[]): Promise<void>;
}

export const ADA = 'ada@fabrikam.example';
export const BEN = 'ben@fabrikam.example';
/** A person of another organisation. */
export const TARA = 'tara@tailspin.example';
/** A CSP partner. */
export const SAM = 'sam@adventure-works.example';

/** The code of a rejection; undefined if the call succeeded. */
export async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  return await call.then(
    () => undefined,
    (error: unknown) => errorDetails(error)?.rejection,
  );
}

/** A person in the form in which the pages name people to the worker. */
export async function claimantOf({ control }: Pick<Conversation, 'control'>, email: string) {
  const { people } = await control.identities();
  const { tenantId, objectId } = people.find((one) => one.email === email) as Person;
  return { tenantId, objectId, emailId: email };
}

/** A purchase that its buyer has opened and not confirmed. */
export async function opened(
  { worker, control }: Conversation,
  order: { offerId: string; planId: string; quantity?: number; purchaser?: string },
): Promise<string> {
  const bought = await control.purchase({ ...order, beneficiary: ADA });
  const { purchaseToken } = bought;
  const { id } = await worker.purchases.resolve.mutate({ purchaseToken });
  return id;
}

/** A purchase that Microsoft has activated. */
export async function active(
  conversation: Conversation,
  order: Parameters<typeof opened>[1],
): Promise<string> {
  const subscriptionId = await opened(conversation, order);
  const claimedBy = await claimantOf(conversation, ADA);
  await conversation.worker.subscriptions.activate.mutate({ subscriptionId, claimedBy });
  await reached(conversation, subscriptionId, 'Subscribed');
  return subscriptionId;
}

export async function reached(
  { worker }: Conversation,
  subscriptionId: string,
  status: SubscriptionView['status'],
): Promise<SubscriptionView> {
  return await until(`${subscriptionId} is ${status}`, async () => {
    const view = await worker.subscriptions.get.query({ subscriptionId });
    return view.status === status && view;
  });
}

/** Resolves to a change after it has ended. */
export async function settledChange({ worker }: Conversation, changeId: string) {
  return await until('the change is settled', async () => {
    const change = await worker.subscriptions.change.query({ changeId });
    return ['succeeded', 'failed'].includes(change.state) && change;
  });
}

/** How long Microsoft processes a change that the test holds open. */
const PROCESSING_MS = 60_000;

/**
 * Runs `work`, which requests a change, and keeps Microsoft processing the change meanwhile. Afterwards moves Microsoft's clock
 * to the end of the change. Otherwise a change takes a fifth of a second, which on a busy machine can be less than the work.
 */
export async function whileProcessing<T>(
  { control }: Pick<Conversation, 'control'>,
  subscriptionId: string,
  work: () => Promise<T>,
): Promise<T> {
  const { partnerDelayMs } = await control.settings();
  await control.updateSettings({ partnerDelayMs: PROCESSING_MS });
  try {
    const result = await work();
    await until('Microsoft processes the change', async () => {
      const operations = await control.operations(subscriptionId);
      return operations.some(({ status }) => status === 'InProgress');
    });
    return result;
  } finally {
    await control.updateSettings({ partnerDelayMs });
    await control.advance(PROCESSING_MS);
  }
}
