import type { Evidence, TimelineRow } from '../evidence.ts';
import { groupBy, type Breach } from './breach.ts';

/** Where the product makes a space, Microsoft is asked to bill only with the space made. */
export function checkProvisioning({ ledger, marketplace, timeline }: Evidence): Breach[] {
  const { offersWithSpaces } = ledger;
  const stories = groupBy(timeline, ({ subscriptionId }) => subscriptionId);
  return marketplace.subscriptions
    .filter(({ offerId }) => offersWithSpaces.has(offerId))
    .flatMap(({ id }) => {
      const found = billedWithoutSpace(stories.get(id) ?? []);
      const guarantee = 'billing begins when the space is there';
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
