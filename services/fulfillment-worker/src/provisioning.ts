import { decide, type SubscriptionCommand } from '@landfall/domain/decide';
import type { SubscriptionEvent } from '@landfall/domain/events';
import { evolveAll } from '@landfall/domain/evolve';
import type { Subscription } from '@landfall/domain/subscription';
import { needsApproval, provisionBy } from '@landfall/domain/timers';
import type { Trx } from './db/schema.ts';
import { readSettings } from './store/settings.ts';

/**
 * Adds what the publisher's settings want after Microsoft activated a purchase without our request: a note that there was
 * nothing left to approve, and the request to the product. Nothing waits for either, because billing already runs.
 */
export async function withWishes(
  trx: Trx,
  known: Subscription | undefined,
  observed: { readonly events: readonly SubscriptionEvent[]; readonly at: Date },
): Promise<readonly SubscriptionEvent[]> {
  const { events, at } = observed;
  if (!events.some(({ type }) => type === 'activated')) return events;
  const state = evolveAll(known, events);
  if (!state) return events;
  const settings = await readSettings(trx, state);
  const isHeld = state.approval.state === 'waiting' || needsApproval(settings, state.planId);
  const commands: SubscriptionCommand[] = [];
  if (isHeld) commands.push({ type: 'bypassApproval' });
  if (settings.waitForProduct) {
    commands.push({ type: 'requestProvisioning', provisionBy: provisionBy(settings, at) });
  }
  const more = commands.flatMap((command) => {
    const decision = decide(state, command, at);
    return 'events' in decision ? decision.events : [];
  });
  return [...events, ...more];
}
