import type { OwnPath } from '../web/paths.ts';

export const LIST_PATH: OwnPath = '/landing/subscriptions';

/** The page of a subscription, or one below it. */
export function managePath(subscriptionId: string, below: `/${string}` | '' = ''): OwnPath {
  return `/landing/subscriptions/${subscriptionId}${below}`;
}
