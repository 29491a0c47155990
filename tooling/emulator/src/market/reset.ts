import type { Market } from './market.ts';
import { settingsSchema } from './settings.ts';

/** What was caught and logged beside the marketplace. */
export interface Caught {
  readonly mailbox: { clear(): void };
  readonly calls: { clear(): void };
  readonly chat: { clear(): void };
}

/** Empties the marketplace, the mailbox, the chats and the log of calls. */
export async function resetEverything(market: Market, caught: Caught): Promise<void> {
  await resetMarket(market);
  for (const one of [caught.mailbox, caught.calls, caught.chat]) one.clear();
}

/**
 * Empties the marketplace and returns to real time. Keys, secrets and the publisher's two URLs
 * stay.
 */
async function resetMarket(market: Market): Promise<void> {
  const { state } = market;
  await market.clock.reset();
  state.subscriptions.clear();
  state.operations.clear();
  state.deliveries.clear();
  state.usage.clear();
  state.usageRecons.length = 0;
  state.refusedUsage.length = 0;
  state.publishedPlans = [];
  state.answers.clear();
  state.faults.length = 0;
  const { webhookUrl, landingUrl, registrations } = state.settings;
  state.settings = settingsSchema.parse({ webhookUrl, landingUrl, registrations });
  market.changed();
}
