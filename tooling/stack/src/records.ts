import { errorDetails } from '@landfall/client/errors';
import type { World } from './world.ts';

/** What both sides must agree on about a subscription. */
export interface SeenRecord {
  readonly status: string;
  readonly planId: string;
  readonly quantity: number | null;
  readonly termEnd: string | null;
  readonly autoRenew: boolean;
}

/** Landfall's record through the public API; undefined when it has none. */
export async function landfallRecord(
  world: World,
  subscriptionId: string,
): Promise<SeenRecord | undefined> {
  try {
    const view = await world.api.subscriptions.get.query({ subscriptionId });
    return {
      status: view.status,
      planId: view.planId,
      quantity: view.quantity,
      termEnd: view.term.endDate ? new Date(view.term.endDate).toISOString() : null,
      autoRenew: view.autoRenew,
    };
  } catch (error) {
    if (errorDetails(error)?.rejection === 'subscription.not-found') return undefined;
    throw error;
  }
}

/** The marketplace's record, read past the API that Landfall itself uses. */
export async function marketplaceRecord(
  world: World,
  subscriptionId: string,
): Promise<SeenRecord | undefined> {
  const seen = await world.control.subscription(subscriptionId);
  return {
    status: seen.status,
    planId: seen.planId,
    quantity: seen.quantity,
    termEnd: seen.termEnd === null ? null : new Date(seen.termEnd).toISOString(),
    autoRenew: seen.autoRenew,
  };
}

/** Each field in which the two differ, or in which one differs from what the step expects. */
export function differences(
  landfall: SeenRecord | undefined,
  marketplace: SeenRecord | undefined,
  expected: Partial<SeenRecord> = {},
): string[] {
  if (!landfall) return ['Landfall has no record'];
  if (!marketplace) return ['the marketplace has no record'];
  const ended = marketplace.status === 'Unsubscribed' && landfall.status === 'Unsubscribed';
  const found: string[] = [];
  for (const field of ['status', 'planId', 'quantity', 'termEnd', 'autoRenew'] as const) {
    // The marketplace drops seats and term of what has ended; what was in force stays on record here.
    const dropped = ended && (field === 'quantity' || field === 'termEnd');
    if (!dropped && landfall[field] !== marketplace[field]) {
      found.push(`${field}: Landfall ${landfall[field]}, marketplace ${marketplace[field]}`);
    }
    const wanted = expected[field];
    if (wanted !== undefined && marketplace[field] !== wanted) {
      found.push(`${field}: expected ${wanted}, marketplace ${marketplace[field]}`);
    }
  }
  return found;
}
