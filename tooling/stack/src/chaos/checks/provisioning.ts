import type { Evidence, TimelineRow } from '../evidence.ts';
import { groupBy, type Breach } from './breach.ts';

/** If the product creates a space, Landfall activates at Microsoft only after the space exists. */
export function checkProvisioning({ ledger, marketplace, timeline }: Evidence): Breach[] {
  const { offersWithSpaces } = ledger;
  const stories = groupBy(timeline, ({ subscriptionId }) => subscriptionId);
  return marketplace.subscriptions
    .filter(({ offerId }) => offersWithSpaces.has(offerId))
    .flatMap(({ id }) => {
      const found = billedWithoutSpace(stories.get(id) ?? []);
      const guarantee = 'billing begins only when the space exists';
      return found === undefined ? [] : [{ guarantee, subscriptionId: id, found }];
    });
}

function billedWithoutSpace(story: readonly TimelineRow[]): string | undefined {
  let last = 'none';
  for (const { kind } of story) {
    if (SPACE.has(kind)) last = kind;
    if (kind === 'activationSent' && last !== 'provisioned') return `sent after: ${last}`;
  }
  return undefined;
}

const SPACE: ReadonlySet<string> = new Set([
  'provisioningRequested',
  'provisioned',
  'provisioningFailed',
]);
