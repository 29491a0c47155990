import type { Context } from 'hono';

/** A path of these pages. All redirects and links inside the service use this type. */
export type OwnPath = `/landing${string}`;

/** Longer than any of our paths. The path is part of the sign-in cookie, and browsers drop cookies above 4 KB. */
const MAX_LENGTH = 200;

/** The path without its query if sign-in may lead back to it, otherwise the first page. */
export function ownPath(path: string): OwnPath {
  const isOwn =
    path.length <= MAX_LENGTH &&
    /^\/landing\/(purchase|progress|subscriptions)(\/[A-Za-z0-9-]+)*$/.test(path);
  return isOwn ? (path as OwnPath) : '/landing';
}

/** The visit id in the path of a purchase's page; undefined for all other paths. */
export function visitOfPath(path: string): string | undefined {
  return /^\/landing\/purchase\/([0-9a-f-]{36})$/.exec(path)?.[1];
}

/** Each purchase has its own address, so that two purchases can be open in two tabs. */
export function purchasePath(visitId: string): OwnPath {
  return `/landing/purchase/${visitId}`;
}

/** The list of the subscriptions that the signed-in person may see. */
export const LIST_PATH: OwnPath = '/landing/subscriptions';

/** The page of a subscription, or a page below it. */
export function managePath(subscriptionId: string, below: `/${string}` | '' = ''): OwnPath {
  return `/landing/subscriptions/${subscriptionId}${below}`;
}

/**
 * Sign-in that leads back to `back`. `account: 'other'`: Microsoft asks the person to pick an account.
 * `organisation`: the same, in the tenant of the organisation that the purchase at `back` is for.
 */
export function signInPath({
  back,
  account,
}: {
  back: string;
  account?: 'other' | 'organisation';
}): OwnPath {
  const query = new URLSearchParams({
    ...(account ? { account } : {}),
    ...(back === '/landing' ? {} : { back }),
  }).toString();
  return `/landing/sign-in${query ? `?${query}` : ''}`;
}

/** Redirects to sign-in, which leads back to `back`. */
export function toSignIn(c: Context, back: OwnPath): Response {
  return seeOther(c, signInPath({ back }));
}

/** Redirects with 303, so that the browser loads the next page with GET after a form too. */
export function seeOther(c: Context, path: OwnPath): Response {
  return c.redirect(path, 303);
}
