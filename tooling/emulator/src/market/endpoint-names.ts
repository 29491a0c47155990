import type { Endpoint } from './faults.ts';

/** The parts of Microsoft that a publisher's programs call; `Chat` is no part of the marketplace. */
export const APIS = ['Fulfillment', 'Operations', 'Metering', 'Sign-in'] as const;
export type ApiName = (typeof APIS)[number] | 'Chat';

interface EndpointName {
  readonly api: ApiName;
  /** What Microsoft's reference calls it. */
  readonly title: string;
  readonly method: string;
  /** Path below the API's or the authority's base URL. */
  readonly path: RegExp;
}

const ONE = '/saas/subscriptions/[^/]+';

/** Each endpoint with its name in Microsoft's reference. */
export const ENDPOINT_NAMES: Readonly<Record<Endpoint, EndpointName>> = {
  resolve: name('Fulfillment', 'Resolve a purchase', 'POST', '/saas/subscriptions/resolve'),
  list: name('Fulfillment', 'List subscriptions', 'GET', '/saas/subscriptions'),
  get: name('Fulfillment', 'Get subscription', 'GET', ONE),
  plans: name('Fulfillment', 'List available plans', 'GET', `${ONE}/listAvailablePlans`),
  activate: name('Fulfillment', 'Activate a subscription', 'POST', `${ONE}/activate`),
  patchSubscription: name('Fulfillment', 'Change the plan or the seats', 'PATCH', ONE),
  deleteSubscription: name('Fulfillment', 'Cancel a subscription', 'DELETE', ONE),
  listOperations: name('Operations', 'List outstanding operations', 'GET', `${ONE}/operations`),
  getOperation: name('Operations', 'Get operation', 'GET', `${ONE}/operations/[^/]+`),
  patchOperation: name('Operations', 'Update operation', 'PATCH', `${ONE}/operations/[^/]+`),
  usageEvent: name('Metering', 'Post one usage event', 'POST', '/usageEvent'),
  batchUsageEvent: name('Metering', 'Post a batch of usage events', 'POST', '/batchUsageEvent'),
  usageEvents: name('Metering', 'Get usage events', 'GET', '/usageEvents'),
  token: name('Sign-in', 'Get a token', 'POST', '/[^/]+/oauth2(?:/v2\\.0)?/token'),
  teams: name('Chat', 'Post to Teams', 'POST', '/chat/teams/[^/]+'),
  slack: name('Chat', 'Post to Slack', 'POST', '/chat/slack/[^/]+'),
  keys: name('Sign-in', 'Get the signing keys', 'GET', '/[^/]+/discovery(?:/v2\\.0)?/keys'),
};

function name(api: ApiName, title: string, method: string, path: string): EndpointName {
  return { api, title, method, path: new RegExp(`^${path}/?$`, 'i') };
}

/** The endpoint of a call, if its path is known. */
export function endpointOf(method: string, path: string): Endpoint | undefined {
  const found = Object.entries(ENDPOINT_NAMES).find(
    ([, one]) => one.method === method && one.path.test(path),
  );
  return found?.[0] as Endpoint | undefined;
}

/** The endpoints of the marketplace, without those of Microsoft Entra and of chats. */
export const MARKETPLACE_ENDPOINTS: readonly Endpoint[] = (
  Object.keys(ENDPOINT_NAMES) as Endpoint[]
).filter((endpoint) => !['Sign-in', 'Chat'].includes(ENDPOINT_NAMES[endpoint].api));
