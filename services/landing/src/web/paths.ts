/** Paths of these pages: wherever a redirect or a link leads, it is one of them. */
export type OwnPath = `/landing${string}`;

/** Longer than any of ours; it is kept in a sign-in's cookie, and browsers drop one above 4 KB. */
const MAX_LENGTH = 200;

/** A page that a person may come back to, without its query; anything else leads to the first page. */
export function ownPath(path: string): OwnPath {
  const isOwn =
    path.length <= MAX_LENGTH &&
    /^\/landing\/(purchase|progress|subscriptions)(\/[A-Za-z0-9-]+)*$/.test(path);
  return isOwn ? (path as OwnPath) : '/landing';
}

/** The visit of a purchase's own page; undefined for every other path. */
export function visitOfPath(path: string): string | undefined {
  return /^\/landing\/purchase\/([0-9a-f-]{36})$/.exec(path)?.[1];
}

/** Each purchase has its own address, so that two of them can be open in two tabs. */
export function purchasePath(visitId: string): OwnPath {
  return `/landing/purchase/${visitId}`;
}

/**
 * Sign-in, which leads back to `back`. `account: 'other'`: Microsoft asks which account it shall be.
 * `organisation`: the same, as a member or guest of the organisation that the purchase of `back` is for.
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
