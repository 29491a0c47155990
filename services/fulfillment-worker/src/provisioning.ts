import { decide } from '@landfall/domain/decide';
import type { SubscriptionEvent } from '@landfall/domain/events';
import { evolveAll } from '@landfall/domain/evolve';
import type { Subscription } from '@landfall/domain/subscription';
import { provisionBy } from '@landfall/domain/timers';
import type { Trx } from './db/schema.ts';
import { readSettings } from './store/settings.ts';

/**
 * Adds the request to the product if Microsoft activated without our request and the publisher wants a
 * confirmation. Nothing waits for the answer, because billing already runs.
 */
export async function withProvisioning(
  trx: Trx,
  known: Subscription | undefined,
  observed: { readonly events: readonly SubscriptionEvent[]; readonly at: Date },
): Promise<readonly SubscriptionEvent[]> {
  const { events, at } = observed;
  if (!events.some(({ type }) => type === 'activated')) return events;
  const state = evolveAll(known, events);
  if (!state) return events;
  const settings = await readSettings(trx, state);
  if (!settings.waitForProduct) return events;
  const command = { type: 'requestProvisioning', provisionBy: provisionBy(settings, at) } as const;
  const decision = decide(state, command, at);
  return 'events' in decision ? [...events, ...decision.events] : events;
}
